/** Goes behind plotly's own module, into the same file (`widgets/kit/live_figure.py`). */
import { type Figure, type FigureView, patchViews, setUpFigure } from "../kit/live_figure";

// The module itself, for inside of it plotly's names are shortened.
void import(import.meta.url).then((plotly: { FigureView: { prototype: FigureView } }) =>
  patchViews(plotly.FigureView.prototype),
);

document.addEventListener("plotlywidget-after-render", (event) => {
  const { element } = (event as CustomEvent<{ element: Figure }>).detail;
  // The widget's classes come a moment later than its figure.
  requestAnimationFrame(() => {
    // By then it may be taken away again, and plotly's methods with it.
    if (element.classList.contains("bodyseg-plot") && "on" in element) setUpFigure(element);
  });
});
