from __future__ import annotations

import pytest

from bodyseg_widgets import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_caught_by_the_base(name: str) -> None:
    assert issubclass(getattr(errors, name), errors.BodySegError)


@pytest.mark.parametrize(
    ("ours", "standard"),
    [
        (errors.InvalidImageError, ValueError),
        (errors.InvalidOptionError, ValueError),
        (errors.MissingDependencyError, ImportError),
        (errors.IncompatibleDependencyError, ImportError),
        (errors.DisposedError, RuntimeError),
    ],
)
def test_an_error_is_also_the_standard_one(ours: type, standard: type) -> None:
    assert issubclass(ours, standard)


@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("tensorflow", 'pip install "bodyseg-widgets[tensorflow]"'),
        (None, "pip install bodyseg-widgets"),
    ],
)
def test_a_missing_package_comes_with_the_command(extra: str | None, command: str) -> None:
    error = errors.MissingDependencyError("some_package", extra=extra, purpose="Mask.to_tensor()")
    assert str(error).startswith("Mask.to_tensor() needs the package 'some_package'")
    assert str(error).endswith(command)
    assert error.name == "some_package"
