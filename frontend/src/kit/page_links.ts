/** Makes the page create the models of links between traits. */
import type { RenderProps } from "@anywidget/types";
import { findModel, type Reference } from "./reference";

interface Traits {
  _links: Reference[];
}

function render({ model, el, host }: RenderProps<Traits>) {
  el.style.display = "none";
  const create = () => {
    for (const link of model.get("_links")) void findModel(host, link);
  };
  model.on("change:_links", create);
  create();
}

export default { render };
