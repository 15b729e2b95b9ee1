-- Folds what a first reading does without: sections of class folded, quotes in tables, and, where the metadata ask for
-- it (folded-sections), the sections of every experiment. A heading stays, as what opens its section.

local function raw(html)
  return pandoc.RawBlock("html", html)
end

local function folded(document)
  local all = document.meta["folded-sections"]
  local blocks, open = pandoc.Blocks({}), {} -- open: the levels of the sections that are folded around this block
  local function close(level)
    while #open > 0 and open[#open] >= level do
      table.remove(open)
      blocks:insert(raw("</details>"))
    end
  end
  for _, block in ipairs(document.blocks) do
    if block.t ~= "Header" then
      blocks:insert(block)
    else
      close(block.level)
      if block.classes:includes("folded") or (all and block.level == 2) then
        table.insert(open, block.level)
        blocks:extend({ raw('<details class="section"><summary>'), block, raw("</summary>") })
      else
        blocks:insert(block)
      end
    end
  end
  close(1)
  document.blocks = blocks
  return document
end

local function quoted(span)
  if span.classes:includes("quoted") then
    local opening = "quote"
    span:walk({
      Span = function(inner)
        opening = inner.classes:includes("altered") and "quote, as reprinted" or opening
      end,
    })
    return {
      pandoc.RawInline("html", '<details class="quote"><summary>' .. opening .. "</summary>"),
      span,
      pandoc.RawInline("html", "</details>"),
    }
  end
end

return { { Pandoc = folded }, { Span = quoted } }
