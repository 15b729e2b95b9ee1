-- Fits the document to paper: verdicts in colour, columns as wide as their words, short tables on one page, breaks in
-- endless words.

local colours = {} -- of verdicts, by their class: metadata
local LONGEST = 48 -- characters of a word that no line breaks
local SHORT = 1000 -- characters of a table, and of a row, that stays on one page

local fit = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "widths.lua" }))

local labelled = false

local function styled(span)
  if span.classes:includes("on-screen") then
    return {}
  end
  if span.classes:includes("label") then -- a caption's own “Figure 4.”, which then is not put before it again
    labelled = true
    span.attributes["typst:text:fill"] = 'rgb("#1d1f21")'
    span.attributes["typst:text:weight"] = '"bold"'
    return span
  end
  for _, class in ipairs(span.classes) do
    if colours[class] then
      span.attributes["typst:text:fill"] = 'rgb("' .. colours[class] .. '")'
      span.attributes["typst:text:weight"] = '"bold"'
    end
  end
  if span.classes:includes("altered") then
    span.attributes["typst:text:style"] = '"italic"'
  end
  if not span.classes:includes("verdict") then
    return span
  end
  return span:walk({ Space = function() return pandoc.Str("\u{A0}") end })
end

local function breakable(text)
  if pandoc.text.len(text) <= LONGEST then
    return text
  end
  local pieces = {}
  for start = 1, pandoc.text.len(text), LONGEST do
    pieces[#pieces + 1] = pandoc.text.sub(text, start, start + LONGEST - 1)
  end
  return table.concat(pieces, "\u{200B}")
end

local function broken(element)
  element.text = breakable(element.text)
  return element
end

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0"):gsub("%s+", " ") .. '"'
end

-- Pandoc leaves the alternative text out; readers of the tagged PDF hear it.
local function described(image)
  local alt = image.attributes.alt or pandoc.utils.stringify(image.caption)
  local size = image.classes:includes("small") and ', height: 3.4cm, fit: "contain"' or ""
  return pandoc.RawInline("typst", "#image(" .. quoted(image.src) .. ", alt: " .. quoted(alt) .. size .. ")")
end

local function longest_row(element)
  local longest = 0
  element:walk({
    Row = function(row)
      local length = 0
      for _, cell in ipairs(row.cells) do
        length = length + pandoc.text.len(pandoc.utils.stringify(cell.contents))
      end
      longest = math.max(longest, length)
    end,
  })
  return longest
end

local function fitted_table(element)
  fit(element)
  local start = "#block(width: 100%)["
  if pandoc.text.len(pandoc.utils.stringify(element)) <= SHORT then
    start = "#block(breakable: false, width: 100%)["
  elseif longest_row(element) <= SHORT then
    start = start .. "#set table.cell(breakable: false)"
  end
  return { pandoc.RawBlock("typst", start), element, pandoc.RawBlock("typst", "]") }
end

-- A link into the page that leads nowhere here, such as to a part that only a browser shows, stays as its text.
local function without_dead_links(document)
  local known = {}
  local function note(element)
    if element.identifier then
      known["#" .. element.identifier] = true
    end
  end
  document:walk({ Block = note, Inline = note })
  document.meta.labelled = labelled
  return document:walk({
    Link = function(link)
      if link.target:sub(1, 1) == "#" and not known[link.target] then
        return link.content
      end
    end,
  })
end

-- A word with punctuation as a string of typst, not as its markup: pandoc leaves "= " and "..." unescaped in places.
local function literal(element)
  if element.text:find("%p") then
    return pandoc.RawInline("typst", "#" .. quoted(element.text) .. ";")
  end
end

-- The verdicts' colours; and without the sections of class on-screen, which only the page can show, up to the next heading of their level.
local function for_paper(document)
  for key, value in pairs(document.meta) do
    local class = key:match("^verdict%-(.+)$")
    if class then
      colours[class] = pandoc.utils.stringify(value)
    end
  end
  local kept, skipping = pandoc.List(), nil
  for _, block in ipairs(document.blocks) do
    if block.t == "Header" and (not skipping or block.level <= skipping) then
      skipping = block.classes:includes("on-screen") and block.level or nil
    end
    if not skipping then
      kept:insert(block)
    end
  end
  document.blocks = kept
  return document
end

return {
  { Pandoc = for_paper },
  { Span = styled, Str = broken, Code = broken, Image = described },
  { Table = fitted_table },
  { Str = literal, Pandoc = without_dead_links },
}
