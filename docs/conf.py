"""How Sphinx builds the site; ``make docs`` runs it."""

from __future__ import annotations

import posixpath
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import traitlets
from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from pygments.lexers.special import TextLexer
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import inspect

import bodyseg_widgets

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).parents[1]
DOCS = Path(__file__).parent
REPOSITORY = "https://github.com/bodyseg-widgets/bodyseg-widgets"

# Pages that repeat a file of the repository, which is written for readers of the repository.
REPEATED = {
    "guide/tour": "README.md",
    "project/contributing": "CONTRIBUTING.md",
    "project/changelog": "CHANGELOG.md",
    "project/security": "SECURITY.md",
}

project = "bodyseg-widgets"
author = "bodyseg_widgets contributors"
project_copyright = author
version = release = bodyseg_widgets.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_nb",
    "sphinx_design",
    "sphinx_copybutton",
]
suppress_warnings = ["config.cache"]  # functions for templates cannot be cached, which is fine
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]
default_role = "autolink"  # `name` links where there is such a name
toc_object_entries_show_parents = "hide"
nitpicky = True
nitpick_ignore_regex = [
    # The role of single backticks, which also name parameters and fields: no entries of their own.
    (r"py:obj", r".*"),
]


def own_members(fullname: str) -> list[str]:
    """Return the public members of a class that are this package's, not ipywidgets' or plotly's."""
    module, _, name = fullname.rpartition(".")
    bases = getattr(import_module(module), name).__mro__
    own = [base for base in bases if base.__module__.startswith("bodyseg_widgets.")]
    names = {name for base in own for name in vars(base) if not name.startswith("_")}
    names -= {name for base in own for name in getattr(base, "__match_args__", ())}
    overridden = {name for base in set(bases) - set(own) for name in vars(base)}
    return sorted(names - overridden | names & {"close"})


# Docstrings
autosummary_generate = True
autosummary_context = {"own_members": own_members}
autodoc_typehints = "none"  # numpydoc's sections name the types, in the field's words
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # the templates list them
numpydoc_xref_param_type = False
numpydoc_validation_checks = {
    "all",
    "ES01",  # not every summary needs more words
    "EX01",  # the modules have examples, which the tests run
    "GL01",  # the summary begins on the line of the quotes, as ruff has it
    "GL08",  # ruff looks for missing docstrings
    "PR01",  # data classes describe their fields as attributes
    "PR04",  # parameters that set a trait have their type there
    "PR08",  # descriptions of arrays begin with the dtype
    "RT04",
    "RT05",  # or end with a sentence in parentheses
    "RT01",  # "Return …" says it where one line is enough
    "SA01",  # the page of a topic shows what is related
    "SA04",
    "SS06",  # traits are described in sentences
    "YD01",
}
# Of a constant numpydoc would read what Python says of every tuple.
numpydoc_validation_exclude = {r"\.[A-Z][A-Z_]+$"}

# Pages and notebooks
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"  # a cache would not see that the package has changed
nb_execution_in_temp = True
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # they would come from elsewhere
nb_merge_streams = True
# A widget that has a picture is shown by it: before "text/plain" (100), after images (50 to 70).
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", 75)]
nb_output_stderr = "error"  # a notebook that writes to it would show a red box

# HTML
html_theme = "pydata_sphinx_theme"
html_title = "bodyseg-widgets"
html_favicon = "_static/mark.svg"
html_context = {"default_mode": "auto"}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "github_url": REPOSITORY,
    "logo": {
        "text": "bodyseg-widgets",
        "image_light": "_static/mark.svg",
        "image_dark": "_static/mark.svg",
        "alt_text": "",
    },
    "header_links_before_dropdown": 5,
    "navbar_align": "left",
    "secondary_sidebar_items": ["page-toc"],
    "navigation_with_keys": False,
    "show_prev_next": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "project/changelog": []}
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True


def copy_notebooks() -> None:
    """Copy the notebooks to where Sphinx looks; those unchanged keep their time, for its cache."""
    target = DOCS / "notebooks"
    sources = {path.name: path for path in ROOT.glob("notebooks/*.ipynb")}
    target.mkdir(exist_ok=True)
    for copy in target.glob("*.ipynb"):
        if copy.name not in sources:
            copy.unlink()
    for name, source in sources.items():
        copy = target / name
        if not copy.exists() or copy.read_bytes() != source.read_bytes():
            shutil.copyfile(source, copy)


def link_within_site(target: str, *, written_in: str, docname: str) -> str:
    """Return what a link of a file of the repository is on a page of the site.

    Parameters
    ----------
    target : str
        As the file has it, relative to the file's folder.
    written_in : str
        The file, relative to the repository.
    docname : str
        The page that shows it.
    """
    path, hash_, anchor = target.partition("#")
    file = posixpath.normpath(posixpath.join(posixpath.dirname(written_in), path))
    pages = {repeated: f"docs/{page}.md" for page, repeated in REPEATED.items()}
    if file in pages:
        page = pages[file]
    elif file.startswith("notebooks/") or (file.startswith("docs/") and (ROOT / file).is_file()):
        page = f"docs/{file}" if file.startswith("notebooks/") else file
    else:
        return f"{REPOSITORY}/blob/main/{file}{hash_}{anchor}"
    return posixpath.relpath(page, posixpath.dirname(f"docs/{docname}")) + hash_ + anchor


def show_files_of_the_repository(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put a file of the repository on the page that repeats it, with links that lead somewhere."""
    if docname.startswith("notebooks/") or app.env.doc2path(docname).suffix != ".md":
        return
    written_in = REPEATED.get(docname, f"docs/{docname}.md")
    if docname in REPEATED:
        app.env.note_dependency(str(ROOT / written_in))
        source[0] = (ROOT / written_in).read_text(encoding="utf-8")
    source[0] = re.sub(
        r"\]\((?![a-z]+:|#)([^)\s]+)\)",
        lambda link: f"]({link_within_site(link[1], written_in=written_in, docname=docname)})",
        source[0],
    )


class StaticWidgets(SphinxPostTransform):
    """Says in place of a live widget, which needs a kernel, where it can be seen."""

    default_priority = 5

    def run(self, **_: object) -> None:
        """Replace each widget's script by a note."""
        for script in list(self.document.findall(nodes.raw)):
            if "application/vnd.jupyter.widget-view+json" in script.astext():
                note = nodes.container(classes=["live-widget"])
                note += nodes.paragraph(
                    text="A live widget: open this notebook in JupyterLab to see and use it."
                )
                script.replace_self(note)


def leave_out_widget_state(_app: Sphinx, env: BuildEnvironment) -> None:
    """Leave out the state of live widgets: megabytes that only a kernel could bring to life."""
    for docname in env.found_docs:
        NbMetadataCollector.get_js_files(env, docname).pop("ipywidgets_state", None)


def signature_of_init(
    _app: Sphinx, what: str, _name: str, object_: object, _options: object, *_: object
) -> tuple[str, str] | None:
    """Show how a widget is made: traitlets hides it behind a ``__new__`` that takes anything."""
    if what != "class" or not issubclass(object_, traitlets.HasTraits):
        return None
    signature = inspect.signature(object_.__init__, bound_method=True)
    return inspect.stringify_signature(signature, show_annotation=False), ""


def write_live_page(app: Sphinx, error: Exception | None) -> None:
    """Write the page of ``guide/live.md`` that runs models."""
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "live"
    folder.mkdir(exist_ok=True)
    source = bodyseg_widgets.Webcam(source="sample")
    compare = bodyseg_widgets.Compare(["general", "full"], source, runtime="browser")
    compare.to_html(folder / "compare.html", live=True, overwrite=True)
    compare.close()


def setup(app: Sphinx) -> None:
    """Connect the above."""
    copy_notebooks()
    app.connect("autodoc-process-signature", signature_of_init)
    app.connect("env-updated", leave_out_widget_state)
    app.connect("build-finished", write_live_page)
    app.connect("source-read", show_files_of_the_repository)
    app.add_post_transform(StaticWidgets)
    app.add_lexer("mermaid", TextLexer)  # GitHub draws these; the site shows their text
