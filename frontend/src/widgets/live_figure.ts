/** Appended to plotly's own module (see `widgets/kit/live_figure.py`). */
import { type Figure, type FigureView, patchViews, setUpFigure } from "../kit/live_figure";

// Imports this module itself, because plotly's internal names are minified.
void import(import.meta.url).then((plotly: { FigureView: { prototype: FigureView } }) =>
  patchViews(plotly.FigureView.prototype),
);

document.addEventListener("plotlywidget-after-render", (event) => {
  const { element } = (event as CustomEvent<{ element: Figure }>).detail;
  // The widget's classes are set after its figure is rendered.
  requestAnimationFrame(() => {
    // By then the figure may have been removed, with plotly's methods.
    if (element.classList.contains("bodyseg-plot") && "on" in element) setUpFigure(element);
  });
});
