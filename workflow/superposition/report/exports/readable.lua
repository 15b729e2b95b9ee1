-- Leaves out what only a browser shows, and names each picture's file of the format wanted (metadata: picture).

local format -- of pictures

local function for_a_browser(element)
  return element.t == "RawBlock" or element.t == "RawInline"
    or (element.t == "Div" or element.t == "Span") and element.classes:includes("on-screen")
end

-- Without raw markup and what is on screen only, sections up to the next heading of their level.
local function readable(document)
  format = pandoc.utils.stringify(document.meta.picture)
  local kept, skipping = pandoc.Blocks({}), nil
  for _, block in ipairs(document.blocks) do
    if block.t == "Header" and (not skipping or block.level <= skipping) then
      skipping = block.classes:includes("on-screen") and block.level or nil
    end
    if not skipping then
      kept:insert(block)
    end
  end
  local function filtered(list)
    return list:filter(function(element) return not for_a_browser(element) end)
  end
  document.blocks = kept
  document = document:walk({ Blocks = filtered, Inlines = filtered })
  document.meta.abstract, document.meta.answer = document.meta.answer, nil
  document.meta.figures, document.meta.tables = nil, nil -- lists that the page shows
  return document
end

local function picture(image)
  image.src = image.src:gsub("%.svg$", "." .. format)
  return image
end

-- A link into the document that leads nowhere here stays as its text.
local function without_dead_links(document)
  local known = {}
  local function note(element)
    if element.identifier then
      known["#" .. element.identifier] = true
    end
  end
  document:walk({ Block = note, Inline = note })
  return document:walk({
    Link = function(link)
      if link.target:sub(1, 1) == "#" and not known[link.target] then
        return link.content
      end
    end,
  })
end

return { { Pandoc = readable }, { Image = picture }, { Pandoc = without_dead_links } }
