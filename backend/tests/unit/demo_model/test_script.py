from pathlib import Path

import pytest

from app.demo_model.script import PATH, load_script, script
from app.demo_model.understand import Act
from app.errors import ConfigMistake


def test_every_act_is_one_that_is_known() -> None:
    """The acts of the script are those that the demo model can do something with."""
    assert set(script().acts) <= {act.value for act in Act}


def test_every_answer_is_a_sentence() -> None:
    """What is said ends as a sentence does, and names both settings of a real model where it says what it cannot do."""
    answers = script().written["answers"]
    assert all(script().answer(name).endswith(".") or script().answer(name).endswith(("!", "?")) for name in answers)
    assert all(setting in script().answer("bot") for setting in ("OPENAI_API_KEY", "OPENAI_BASE_URL"))


@pytest.mark.parametrize(
    ("old", "new"), [("acts:", "atcs:"), ("polite: |-", "polite: |-\n    (("), ("kinds:", "kinds: []\nothers:")]
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, old: str, new: str) -> None:
    """A script that cannot be read stops the start, and the message says which file to look into."""
    path = tmp_path / "demo_model.yaml"
    path.write_text(PATH.read_text().replace(old, new, 1))
    with pytest.raises(ConfigMistake, match=r"demo_model\.yaml"):
        load_script(path)


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    """A missing script is a mistake too."""
    with pytest.raises(ConfigMistake):
        load_script(tmp_path / "none.yaml")
