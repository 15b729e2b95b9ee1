-- What LaTeX does itself is left to it: it numbers figures and tables and the references to them. Verdicts get their
-- colours, columns their widths.

local fit = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "../templates/widths.lua" }))
local colours, anchors = {}, {}

local function noted(document)
  for key, value in pairs(document.meta) do
    local class = key:match("^verdict%-(.+)$")
    if class then
      colours[class] = pandoc.utils.stringify(value):gsub("#", ""):upper()
    end
  end
end

-- A caption without its own “Figure 4.”; gives the identifier that the label had.
local function unlabelled(caption)
  local identifier = ""
  caption.long = caption.long:walk({
    Inlines = function(inlines)
      local kept, after = pandoc.Inlines({}), false
      for _, inline in ipairs(inlines) do
        if inline.t == "Span" and inline.classes:includes("label") then
          identifier, after = inline.identifier, true
        elseif not (after and (inline.t == "Space" or inline.t == "SoftBreak")) then
          kept:insert(inline)
          after = false
        end
      end
      return kept
    end,
  })
  return identifier
end

local function figure(element)
  unlabelled(element.caption)
  anchors["#" .. element.identifier] = "Figure"
  return element
end

local function tabular(element)
  local identifier = unlabelled(element.caption)
  if identifier ~= "" then
    element.identifier = identifier
    anchors["#" .. identifier] = "Table"
  end
  fit(element)
  return { pandoc.RawBlock("latex", "{\\tablesize"), element, pandoc.RawBlock("latex", "}") }
end

-- “Figure 4”, of which LaTeX counts the 4.
local function reference(link)
  local word, pictures = anchors[link.target], false
  link:walk({ Image = function() pictures = true end })
  if word and not pictures and pandoc.utils.stringify(link):match("^" .. word .. "[ \u{A0}]+%d+$") then
    local identifier = link.target:sub(2)
    return pandoc.RawInline("latex", "\\hyperref[" .. identifier .. "]{" .. word .. "~\\ref*{" .. identifier .. "}}")
  end
end

local function coloured(span)
  for _, class in ipairs(span.classes) do
    if colours[class] then
      local start = pandoc.RawInline("latex", "\\textcolor[HTML]{" .. colours[class] .. "}{\\textbf{")
      return pandoc.Inlines({ start }) .. span.content .. { pandoc.RawInline("latex", "}}") }
    end
  end
  if span.classes:includes("altered") then
    return pandoc.Emph(span.content)
  end
end

local function small(image)
  if image.classes:includes("small") then
    image.attributes.height = "3.4cm"
    return image
  end
end

return { { Pandoc = noted }, { Figure = figure, Table = tabular }, { Link = reference, Span = coloured, Image = small } }
