"""Write what the front end shares with Python: ``python -m tools.generate``.

Messages and the structures of traits are TypedDicts of the modules in ``TYPED_DICTS``; constants
and the options of traits are listed in ``tools/constants.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

from bodyseg_widgets.widgets.view.view_effects import describe_builtin_effects
from tools import markdown, typescript
from tools.constants import CONSTANTS, OPTIONS, limits
from tools.messages import read_protocol

ROOT = Path(__file__).parents[1]
TYPED_DICTS = (
    ROOT / "bodyseg_widgets/widgets/transport/messages.py",
    ROOT / "bodyseg_widgets/streaming/effects/parameters.py",
    ROOT / "bodyseg_widgets/widgets/view/view_effects.py",
    ROOT / "bodyseg_widgets/widgets/view/background_trait.py",
    ROOT / "bodyseg_widgets/widgets/source/local_streams.py",
    ROOT / "bodyseg_widgets/widgets/source/webcam.py",
    ROOT / "bodyseg_widgets/widgets/stream/segmentation_stream.py",
    ROOT / "bodyseg_widgets/widgets/stream/weights_fetch.py",
    ROOT / "bodyseg_widgets/widgets/compare/agreement_table.py",
    ROOT / "bodyseg_widgets/widgets/kit/menu_button.py",
    ROOT / "bodyseg_widgets/widgets/record/saved_files.py",
    ROOT / "bodyseg_widgets/widgets/record/saved_page.py",
    ROOT / "bodyseg_widgets/widgets/record/live_page.py",
    ROOT / "bodyseg_widgets/widgets/kit/figure_messages.py",
)
TYPESCRIPT = ROOT / "frontend/src/generated.ts"
DOCUMENT = ROOT / "docs/protocol.md"
EFFECTS = ROOT / "frontend/src/effects/builtin_effects.json"

HEAD = "/** Written by `python -m tools.generate` from the Python side. Do not edit it here. */"


def generated() -> dict[Path, str]:
    """Return the contents of each generated file."""
    protocol = read_protocol(*TYPED_DICTS)
    declarations = [
        HEAD,
        *typescript.protocol(protocol),
        *(typescript.options(each.name, each.values, each.doc) for each in OPTIONS),
        *(typescript.constant(each.name, each.value, each.doc) for each in CONSTANTS),
    ]
    effects = describe_builtin_effects()
    return {
        TYPESCRIPT: "\n\n".join(declarations) + "\n",
        # What views get: the front end's tests have no kernel that could say it.
        EFFECTS: json.dumps(effects, indent=2) + "\n",
        DOCUMENT: markdown.with_sections(DOCUMENT.read_text("utf-8"), protocol, limits()),
    }


def main() -> None:
    """Write the files."""
    for path, text in generated().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
