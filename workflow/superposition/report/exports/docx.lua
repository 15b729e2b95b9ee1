-- Columns as wide as their words, small pictures small, labels of captions bold.

local fit = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "../templates/widths.lua" }))

local function tabular(element)
  fit(element)
  return element
end

local function small(image)
  if image.classes:includes("small") then
    image.attributes.height = "3.4cm"
    return image
  end
end

local function styled(span)
  if span.classes:includes("label") then
    return pandoc.Span(pandoc.Strong(span.content), pandoc.Attr(span.identifier))
  elseif span.classes:includes("altered") then
    return pandoc.Emph(span.content)
  end
end

return { { Table = tabular, Image = small, Span = styled } }
