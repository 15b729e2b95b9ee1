-- Widths of a table's columns on paper: as they were asked for, and none narrower than its words.

local CHARACTER, INSET = 0.0105, 0.02 -- of the page's measure: a bold character, the space beside a cell's text

-- Width of the longest word of every column, as a share of the measure; words break at hyphens.
local function needed(element)
  local widths = {}
  local function note(row)
    for column, cell in ipairs(row.cells) do
      for word in pandoc.utils.stringify(cell.contents):gmatch("[^ \n-]+") do
        local width = math.min(pandoc.text.len(word), 20) * CHARACTER + INSET
        widths[column] = math.max(widths[column] or 0, width)
      end
    end
  end
  for _, row in ipairs(element.head.rows) do note(row) end
  for _, body in ipairs(element.bodies) do
    for _, row in ipairs(body.body) do note(row) end
  end
  return widths
end

-- The widths asked for, none below what its words need: what is short is taken from the columns with room. Never more
-- than the measure.
local function fitted(asked, least)
  local short, room = 0, 0
  for column, width in ipairs(asked) do
    short = short + math.max(least[column] - width, 0)
    room = room + math.max(width - least[column], 0)
  end
  local taken = room > 0 and math.min(short / room, 1) or 0
  local widths, total = {}, 0
  for column, width in ipairs(asked) do
    widths[column] = width > least[column] and width - taken * (width - least[column]) or least[column]
    total = total + widths[column]
  end
  for column, width in ipairs(widths) do
    widths[column] = width / math.max(total, 1)
  end
  return widths
end

-- Set the widths of a table's columns; of one that asks for none they stay free.
return function(element)
  local least, asked = needed(element), {}
  for column, spec in ipairs(element.colspecs) do
    asked[column] = spec[2] or 0
    least[column] = least[column] or INSET
  end
  if asked[1] > 0 then
    for column, width in ipairs(fitted(asked, least)) do
      element.colspecs[column][2] = width
    end
  end
end
