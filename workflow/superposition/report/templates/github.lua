-- Makes of the document GitHub-flavoured Markdown for people: what only pandoc or a browser reads gives way to text.
--
-- Headings are plain, and links to them take the anchors that GitHub gives them; figures, tables and references, which
-- have none there, are preceded by an empty <a id>. A figure's caption is a
-- paragraph below it. Tables are github_tables.lua's.

local targets = {} -- by an element's identifier: the anchor that leads to it
local PUNCTUATION = { "‘", "’", "“", "”", "–", "—", "…", "×", "−", "·" } -- no part of an anchor

-- Raw markup, and what only the page can show.
local function for_a_browser(element)
  return element.t == "RawBlock" or element.t == "RawInline"
    or (element.t == "Div" or element.t == "Span") and element.classes:includes("on-screen")
end

-- Without what is for a browser, and without the sections of class on-screen, up to the next heading of their level.
local function readable(blocks)
  local kept, skipping = pandoc.Blocks({}), nil
  for _, block in ipairs(blocks) do
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
  return kept:walk({ Blocks = filtered, Inlines = filtered })
end

-- The anchor that GitHub gives a heading, before it tells equal ones apart; nothing where that cannot be foreseen.
local function slug(heading)
  local text, mathematical = pandoc.text.lower(pandoc.utils.stringify(heading)), false
  heading:walk({ Math = function() mathematical = true end })
  for _, sign in ipairs(PUNCTUATION) do
    text = text:gsub(sign, "")
  end
  text = text:gsub("\u{A0}", " "):gsub("[^%w\128-\255 _-]", ""):gsub(" ", "-")
  if not mathematical and not text:find("[\128-\255]") then
    return text
  end
end

local function anchor(identifier)
  targets[identifier] = identifier
  return pandoc.RawInline("html", '<a id="' .. identifier .. '"></a>')
end

-- Headings one level down, below the title; those whose anchor cannot be foreseen with one of their own before them.
local function with_headings(blocks, title)
  local seen, taken, made = {}, {}, pandoc.Blocks({})
  for _, block in ipairs(title .. blocks) do
    if block.t == "Header" then
      local name = slug(block)
      if name then
        local number = seen[name] or 0
        seen[name] = number + 1
        name = number == 0 and name or name .. "-" .. number
      end
      if name and not taken[name] then
        targets[block.identifier], taken[name] = name, true
      else
        made:insert(pandoc.Para({ anchor(block.identifier) }))
      end
      block = pandoc.Header(block.level + 1, block.content, pandoc.Attr(block.identifier))
    end
    made:insert(block)
  end
  return made
end

-- One line that leads to every part and section.
local function contents(blocks)
  local line = pandoc.Inlines({})
  for _, block in ipairs(blocks) do
    if block.t == "Header" and block.level == 2 then
      line:extend(#line > 0 and { pandoc.Space(), pandoc.Str("·"), pandoc.Space() } or {})
      line:insert(pandoc.Link(block.content, "#" .. block.identifier))
    end
  end
  return #line > 0 and { pandoc.Para(line) } or {}
end

-- A value of the metadata as paragraphs.
local function paragraphs(value)
  if not value then
    return {}
  end
  return pandoc.utils.type(value) == "Blocks" and readable(value) or { pandoc.Para(value) }
end

-- Title, subtitle, the answer where one is given, contents, and the text.
local function document(made)
  local title = made.meta.title and { pandoc.Header(0, made.meta.title, pandoc.Attr("the-title")) } or {}
  local text = with_headings(readable(made.blocks), pandoc.Blocks(title))
  local blocks = pandoc.Blocks({})
  if made.meta.title then
    blocks:insert(text:remove(1))
    blocks:extend(paragraphs(made.meta.subtitle))
    blocks:extend(paragraphs(made.meta.answer))
    blocks:extend(contents(text))
  end
  return pandoc.Pandoc(blocks .. text, {})
end

-- Mathematics in which neither CommonMark nor a table finds anything of its own; where that is not to be had,
-- as GitHub's $`code`$.
local function mathematics(element)
  if element.mathtype == "DisplayMath" then
    return nil
  end
  local text = element.text:gsub("\\|", "\\Vert "):gsub("|", "\\vert "):gsub("%*", "\\ast "):gsub("<(%a)", "\\lt %1")
  text = text:gsub("'_(%w)", "_%1'"):gsub("'_(%b{})", "_%1'"):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
  if text:find("\\%p") or text:find("[^%w]_") then
    return pandoc.RawInline("markdown", "$`" .. text .. "`$")
  end
  return pandoc.Math(element.mathtype, text)
end

-- A paragraph cut at its displayed equations, each in a block of its own.
local function displayed(paragraph)
  local blocks, text = pandoc.Blocks({}), pandoc.Inlines({})
  local function close()
    if #pandoc.utils.stringify(text) > 0 then
      blocks:insert(pandoc.Para(text))
    end
    text = pandoc.Inlines({})
  end
  for _, inline in ipairs(paragraph.content) do
    if inline.mathtype == "DisplayMath" then
      close()
      blocks:insert(pandoc.RawBlock("markdown", "```math\n" .. inline.text .. "\n```"))
    elseif #text > 0 or (inline.t ~= "SoftBreak" and inline.t ~= "Space") then
      text:insert(inline)
    end
  end
  if #blocks > 0 then
    close()
    return blocks
  end
end

local function plain(span)
  local content = span.content
  if span.classes:includes("label") then
    content = pandoc.Inlines({ pandoc.Strong(content) })
  elseif span.classes:includes("altered") then -- words that are not the source's own
    content = pandoc.Inlines({ pandoc.Emph(content) })
  end
  if span.identifier ~= "" then
    content:insert(1, anchor(span.identifier))
  end
  return content
end

local function described(image)
  local alt = image.attributes.alt or pandoc.utils.stringify(image.caption)
  return pandoc.Image({ pandoc.Str(alt) }, image.src)
end

-- An anchor above it, a picture, the caption below it, and where its data and its other formats lie.
local function figure(element)
  local blocks, picture, folder = pandoc.Blocks({}), pandoc.Inlines({}), nil
  if element.identifier ~= "" then
    blocks:insert(pandoc.Para({ anchor(element.identifier) }))
  end
  element.content:walk({
    Image = function(image)
      picture:insert(image)
      folder = image.src:match("^(figures/[^/]+)/")
    end,
  })
  blocks:insert(pandoc.Para(picture))
  for _, block in ipairs(element.caption.long) do
    blocks:insert(block.t == "Plain" and pandoc.Para(block.content) or block)
  end
  if folder then
    local data, all = pandoc.Link("data", folder .. "/data.csv"), pandoc.Link("all formats", folder)
    blocks:insert(pandoc.Para({ pandoc.Str("Files: "), data, pandoc.Str(", "), all, pandoc.Str(".") }))
  end
  return blocks
end

local function unwrapped(div)
  local first = div.content[1]
  if div.identifier ~= "" and div.identifier ~= "refs" and first and first.content then
    first.content:insert(1, anchor(div.identifier))
  end
  return div.content
end

local function led(link)
  local identifier = link.target:match("^#(.+)$")
  if not identifier then
    return pandoc.Link(link.content, link.target)
  end
  return targets[identifier] and pandoc.Link(link.content, "#" .. targets[identifier]) or link.content
end

-- Without spaces that only HTML needs, and with escapes that pandoc leaves out: of what would be an entity, and of a
-- bracket after an exclamation mark.
local function escaped(element)
  local text, pieces = element.text:gsub("\u{A0}", " "), pandoc.Inlines({})
  for piece in text:gsub("!%[", "!\0["):gsub("&(#?%w+;)", "\0&\0%1"):gmatch("%Z+") do
    pieces:insert(piece == "&" and pandoc.RawInline("markdown", "\\&") or pandoc.Str(piece))
  end
  return pieces
end

local function noted(element)
  if element.identifier ~= "" and not targets[element.identifier] then
    targets[element.identifier] = element.identifier
  end
end

return {
  { Pandoc = document },
  { Figure = noted, Span = noted, Div = noted },
  { Link = led, Image = described, Math = mathematics, Span = plain, Str = escaped },
  { Para = displayed, Figure = figure, Div = unwrapped },
}
