-- Sets every table as a pipe table below its caption, in lines that an editor can show; runs after github.lua.

local FORMAT = "gfm-tex_math_gfm+tex_math_dollars" -- of cells, as of the document
local WIDTH = 120 -- characters up to which the columns of a table are set under each other

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

return { { Table = tabular } }
