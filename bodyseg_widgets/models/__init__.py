"""The catalog of models, their bundled files, and weights that are not bundled."""

from bodyseg_widgets.models.bodypix_variant import BodyPixArchitecture, BodyPixVariant
from bodyseg_widgets.models.catalog import MODELS, ModelFile
from bodyseg_widgets.models.files import model_path, read_model
from bodyseg_widgets.models.task_bundle import POSE_MODEL_TYPES, pose_task
from bodyseg_widgets.models.weights import available_variants, fetch_weights, find_weights
from bodyseg_widgets.models.weights_folders import add_weights, added_folders, on_new_weights

__all__ = [
    "MODELS",
    "POSE_MODEL_TYPES",
    "BodyPixArchitecture",
    "BodyPixVariant",
    "ModelFile",
    "add_weights",
    "added_folders",
    "available_variants",
    "fetch_weights",
    "find_weights",
    "model_path",
    "on_new_weights",
    "pose_task",
    "read_model",
]
