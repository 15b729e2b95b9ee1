-- Makes of the document GitHub-flavoured Markdown for people: what only pandoc or a browser reads gives way to text.
--
-- Headings are plain, and links to them take the anchors that GitHub gives them; figures, tables and references, which
-- have none there, are preceded by an empty <a id>. Captions are paragraphs: a table's above it, a figure's below.

local targets = {} -- by an element's identifier: the anchor that leads to it
local FORMAT = "gfm-tex_math_gfm+tex_math_dollars" -- $x$, not $`x`$
local WIDTH = 120 -- characters up to which the columns of a table are set under each other
local PUNCTUATION = { "‘", "’", "“", "”", "–", "—", "…", "×", "−", "·" } -- no part of an anchor

local function is_raw(element)
  return element.t == "RawBlock" or element.t == "RawInline"
end

-- Without raw markup, and without the sections of class on-screen, which only the page can show, up to the next heading
-- of their level.
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
  local function without_raw(list)
    return list:filter(function(element) return not is_raw(element) end)
  end
  return kept:walk({ Blocks = without_raw, Inlines = without_raw })
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

local function document(made)
  local title = pandoc.Header(0, made.meta.title or {}, pandoc.Attr("the-title"))
  local blocks = with_headings(readable(made.blocks), made.meta.title and pandoc.List({ title }) or pandoc.List())
  if made.meta.title then
    local head = pandoc.List({ blocks:remove(1) })
    head:extend(made.meta.subtitle and { pandoc.Para(made.meta.subtitle) } or {})
    blocks = head .. contents(blocks) .. blocks
  end
  return pandoc.Pandoc(blocks, {})
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

-- A picture, the caption below it, and where its data and its other formats lie.
local function figure(element)
  local picture, folder = pandoc.Inlines({}), nil
  if element.identifier ~= "" then
    picture:extend({ anchor(element.identifier), pandoc.RawInline("markdown", "\n") })
  end
  element.content:walk({
    Image = function(image)
      picture:insert(image)
      folder = image.src:match("^(figures/[^/]+)/")
    end,
  })
  local blocks = pandoc.Blocks({ pandoc.Para(picture) })
  for _, block in ipairs(element.caption.long) do
    blocks:insert(block.t == "Plain" and pandoc.Para(block.content) or block)
  end
  if folder then
    local data, all = pandoc.Link("data", folder .. "/data.csv"), pandoc.Link("all formats", folder)
    blocks:insert(pandoc.Para({ pandoc.Str("Files: "), data, pandoc.Str(", "), all, pandoc.Str(".") }))
  end
  return blocks
end

-- A cell as Markdown on one line; the asterisk that marks a verdict needs no escape where nothing is emphasised.
local function cell_text(cell)
  local text = pandoc.write(pandoc.Pandoc(cell.contents), FORMAT, pandoc.WriterOptions({ wrap_text = "none" }))
  text = text:gsub("%s+$", ""):gsub("%s*\n%s*", "<br>")
  return text:find("%f[\\*]%*") and text or (text:gsub(" \\%*%f[%s,;.\0]", " *"))
end

local RULES = { AlignLeft = ":--", AlignRight = "--:", AlignCenter = ":-:", AlignDefault = "---" }

local function padded(text, width, alignment)
  local space = string.rep(" ", width - pandoc.text.len(text))
  return alignment == "AlignRight" and space .. text or text .. space
end

local function line(cells, widths, specs)
  local set = {}
  for column, text in ipairs(cells) do
    set[column] = padded(text, widths[column], specs[column][1])
  end
  return "| " .. table.concat(set, " | ") .. " |"
end

local function ruled(specs, widths)
  local rules = {}
  for column, spec in ipairs(specs) do
    local rule = RULES[spec[1]]
    rules[column] = rule:sub(1, 1) .. string.rep("-", math.max(widths[column], 3) - 2) .. rule:sub(-1)
  end
  return "| " .. table.concat(rules, " | ") .. " |"
end

local function rows_of(element)
  local rows = pandoc.List()
  local function take(row)
    rows:insert(row.cells:map(cell_text))
  end
  take(element.head.rows[1] or pandoc.Row(element.colspecs:map(function() return pandoc.Cell({}) end)))
  for _, body in ipairs(element.bodies) do
    for _, row in ipairs(body.body) do take(row) end
  end
  return rows
end

-- A pipe table below its caption; columns stand under each other where a line is wide enough for them.
local function tabular(element)
  local rows, widths, total = rows_of(element), {}, 1
  for column in ipairs(element.colspecs) do
    widths[column] = 3
    for _, cells in ipairs(rows) do
      widths[column] = math.max(widths[column], pandoc.text.len(cells[column]))
    end
    total = total + widths[column] + 3
  end
  local lines = {}
  for number, cells in ipairs(rows) do
    local own = total <= WIDTH and widths or cells:map(function(text) return pandoc.text.len(text) end)
    lines[#lines + 1] = line(cells, own, element.colspecs)
    if number == 1 then
      lines[2] = ruled(element.colspecs, total <= WIDTH and widths or element.colspecs:map(function() return 3 end))
    end
  end
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(element.caption.long) do
    blocks:insert(block.t == "Plain" and pandoc.Para(block.content) or block)
  end
  blocks:insert(pandoc.RawBlock("markdown", table.concat(lines, "\n")))
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
  { Para = displayed, Figure = figure, Table = tabular, Div = unwrapped },
}
