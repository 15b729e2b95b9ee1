-- Nothing reaches outside the document: no picture but the run's figures, no link but to the document, its files, http,
-- https and mailto, no attribute that a browser could run or load. HTML in lists of figures, which the page takes from
-- captions, is shown as it is typed; elsewhere the reader leaves it so (report.pandoc).

local SCHEMES = { http = true, https = true, mailto = true }
local ATTRIBUTES = { alt = true }

local function refuse(what, found, allowed)
  error("found " .. what .. " " .. found .. "; allowed: " .. allowed, 0)
end

local function attributed(element)
  for key in pairs(element.attr.attributes) do
    if not ATTRIBUTES[key] then
      refuse("the attribute", key, "an identifier, classes and alt")
    end
  end
end

local function pictured(image)
  attributed(image)
  if not image.src:match("^figures/[a-z0-9-]+/figure%.[a-z]+$") then
    refuse("the picture", image.src, "figures of this run, by {{ figure(...) }}")
  end
end

local function linked(link)
  attributed(link)
  local target = link.target:gsub("[%s%c]", ""):lower()
  local scheme = target:match("^([^/?#]*):")
  if target:sub(1, 2) == "//" or scheme and not SCHEMES[scheme] then
    refuse("a link to", link.target, "http, https, mailto, or a place in the document")
  end
end

local function shown(raw)
  return pandoc.Str(raw.text)
end

return {
  {
    Meta = function(meta)
      for key, value in pairs(meta) do
        if pandoc.utils.type(value) == "Blocks" or pandoc.utils.type(value) == "Inlines" then
          meta[key] = value:walk({
            RawInline = shown,
            RawBlock = function(raw) return pandoc.Para({ shown(raw) }) end,
          })
        end
      end
      return meta
    end,
  },
  {
    Image = pictured, Link = linked, Span = attributed, Div = attributed, Header = attributed, Code = attributed,
    CodeBlock = attributed, Table = attributed,
  },
}
