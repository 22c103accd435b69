"""The catalog of models, and their bundled files."""

from bodyseg_widgets.models.bodypix_variant import BodyPixArchitecture, BodyPixVariant
from bodyseg_widgets.models.catalog import MODELS, ModelFile
from bodyseg_widgets.models.files import model_path, read_model
from bodyseg_widgets.models.task_bundle import POSE_MODEL_TYPES, pose_task

__all__ = [
    "MODELS",
    "POSE_MODEL_TYPES",
    "BodyPixArchitecture",
    "BodyPixVariant",
    "ModelFile",
    "model_path",
    "pose_task",
    "read_model",
]
