# ruff: noqa: E501 - a table of messages is read line by line
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from app.agents.config import MAX_AGENTS, AgentConfig, AgentSpec, Personality, check_tools, load_agents
from app.agents.yaml_file import MAX_FILE_BYTES
from app.errors import ConfigMistake
from app.tools.api_client import ApiLimits
from app.tools.base import Access, Effect, ToolSpec

WHOLE = """\
name: The shop
greeting: Hello!
fallback: general
apis:
  - name: shop
    document: ${DEMO}/openapi.json
    base_url: ${DEMO}
agents:
  - name: order_actions
    description: Changes orders.
    permission: write
    tools: [cancel_order, get_*]
    model: gpt-5
    personality:
      tone: calm
      greeting: Hi.
      escalation_message: One moment.
    examples:
      - Cancel order 1042
  - name: general
    description: Answers questions.
    permission: read
    tools:
      - hand_over
    knowledge: |
      Returns are free.
"""

Load = Callable[[str], AgentConfig]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write the agents' file and read it."""
    monkeypatch.chdir(tmp_path)

    def written(text: str) -> AgentConfig:
        path = tmp_path / "agents.yaml"
        path.write_text(text)
        return load_agents(path, variables={"DEMO": "http://127.0.0.1:9"})

    return written


def mistake(load: Load, text: str) -> str:
    with pytest.raises(ConfigMistake) as caught:
        load(text)
    return caught.value.message


def test_an_api_may_be_asked_as_often_as_the_file_says(load: Load) -> None:
    """What the file leaves out is as for any API; nonsense is a mistake."""
    usual, own = ApiLimits(), WHOLE.replace("base_url: ${DEMO}", "base_url: ${DEMO}\n    limits: {per_second: 200}")
    assert load(WHOLE).apis[0].limits == usual
    assert load(own).apis[0].limits == replace(usual, per_second=200.0)
    assert "per_second" in mistake(load, own.replace("200", "0"))


class TestReading:
    def test_everything_is_read(self, load: Load) -> None:
        """What the file says is what there is, frozen."""
        config = load(WHOLE)
        assert (config.name, config.greeting, config.fallback) == ("The shop", "Hello!", "general")
        actions, general = config.agents
        assert actions == AgentSpec(
            name="order_actions",
            description="Changes orders.",
            permission="write",
            tools=("cancel_order", "get_*"),
            personality=Personality(tone="calm", greeting="Hi.", escalation_message="One moment."),
            model="gpt-5",
            examples=("Cancel order 1042",),
        )
        assert general.knowledge == "Returns are free."
        assert general.personality == Personality()
        with pytest.raises(FrozenInstanceError):
            actions.name = "other"  # type: ignore[misc]

    def test_places_are_filled_from_the_variables(self, load: Load) -> None:
        """The addresses of APIs may name what is only known at the start."""
        api = load(WHOLE).apis[0]
        assert (api.document, api.base_url) == ("http://127.0.0.1:9/openapi.json", "http://127.0.0.1:9")

    def test_an_agent_may_have_its_own_number_of_steps(self, load: Load) -> None:
        """Where the file sets none, the usual number holds; more than can be set is refused with its place."""
        longer = WHOLE.replace("model: gpt-5", "max_steps: 60")
        assert [agent.max_steps for agent in load(longer).agents] == [60, None]
        assert "max_steps" in mistake(load, longer.replace("60", "101"))

    def test_each_agent_knows_where_it_stands(self, load: Load) -> None:
        """File and line are kept, for messages that come later."""
        config = load(WHOLE)
        assert [agent.where for agent in config.agents] == ["agents.yaml:9", "agents.yaml:20"]
        assert config.agents[1].tools_at == ("agents.yaml:24",)

    def test_an_agent_is_found_by_name(self, load: Load) -> None:
        """An agent is found by its name, and only by that."""
        config = load(WHOLE)
        assert config.agent("general").permission == "read"
        with pytest.raises(KeyError):
            config.agent("nobody")


class TestTemplates:
    @pytest.fixture(autouse=True)
    def template(self, tmp_path: Path) -> None:
        folder = tmp_path / "templates"
        folder.mkdir()
        (folder / "shop.yaml").write_text(WHOLE)

    @pytest.mark.parametrize("line", ["template: shop", "extends: templates/shop", "extends: templates/shop.yaml"])
    def test_one_line_is_a_whole_setup(self, load: Load, line: str) -> None:
        """A file that names a template says all that the template says."""
        config = load(line)
        assert [agent.name for agent in config.agents] == ["order_actions", "general"]
        assert config.agents[0].where == "templates/shop.yaml:9"
        assert config.fallback == "general"

    @pytest.mark.parametrize(("line", "rule"), [("", "when_needed"), ("routing: every_message", "every_message")])
    def test_when_the_router_is_asked_is_the_files_to_say(self, load: Load, line: str, rule: str) -> None:
        """A router is asked where it is needed, unless the file says for every message."""
        assert load(f"template: shop\n{line}\n").routing == rule

    def test_a_rule_of_routing_that_there_is_not_is_named(self, load: Load) -> None:
        """A value that means nothing stops the start, with what can be written."""
        with pytest.raises(
            ConfigMistake, match=r"agents.yaml:2: routing is \"never\"; write one of: when_needed, every"
        ):
            load("template: shop\nrouting: never\n")

    def test_what_the_file_says_goes_before_the_template(self, load: Load) -> None:
        """Own names, agents and APIs take the place of the template's; new ones are added."""
        own = """\
template: shop
name: My shop
agents:
  - {name: general, description: Mine., permission: read, tools: [hand_over]}
  - {name: more, description: New., permission: read, tools: [get_order]}
apis:
  - {name: crm, document: crm.yaml}
"""
        config = load(own)
        assert config.name == "My shop"
        assert [agent.description for agent in config.agents] == ["Changes orders.", "Mine.", "New."]
        assert [api.name for api in config.apis] == ["shop", "crm"]

    def test_an_unknown_template_is_named(self, load: Load) -> None:
        """A mistyped template is answered with the one that was meant."""
        assert mistake(load, "template: shpo") == (
            'agents.yaml:1: template is "shpo", which is no template; did you mean "shop"?'
        )
        assert mistake(load, "template: bank").endswith("write one of: shop")

    def test_templates_do_not_extend_each_other(self, load: Load, tmp_path: Path) -> None:
        """A template stands alone, so that it can be read alone."""
        (tmp_path / "templates" / "other.yaml").write_text("template: shop")
        assert "cannot extend another one" in mistake(load, "template: other")


class TestMistakes:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (
                ("permission: write", "permission: writes"),
                'agents.yaml:11: permission is "writes"; write one of: read, write',
            ),
            (
                ("permission: write", "permision: write"),
                'agents.yaml:11: unknown key "permision"; did you mean "permission"?',
            ),
            (
                ("    description: Changes orders.\n", ""),
                'agents.yaml:9: agent "order_actions" has no description; add "description: ..."',
            ),
            (
                ("    permission: write\n", ""),
                'agents.yaml:9: agent "order_actions" has no permission; add "permission: ..."',
            ),
            (
                ("[cancel_order, get_*]", "cancel_order"),
                "agents.yaml:12: tools is \"cancel_order\"; write a list, one '- item' a line",
            ),
            (("[cancel_order, get_*]", "[]"), "agents.yaml:12: tools is []; write at least one item"),
            (
                ("[cancel_order, get_*]", "[5]"),
                "agents.yaml:12: item 1 of tools is 5; write text, in quotes if it looks like a number",
            ),
            (
                ("model: gpt-5", "model: 5"),
                "agents.yaml:13: model is 5; write text, in quotes if it looks like a number",
            ),
            (
                ("tone: calm", "mood: calm"),
                'agents.yaml:15: unknown key "mood"; write one of: tone, greeting, escalation_message',
            ),
            (
                ("name: general", "name: order_actions"),
                'agents.yaml:20: name is "order_actions", as on agents.yaml:9; write another one',
            ),
            (
                ("name: general", "name: General"),
                'agents.yaml:20: name is "General"; write small letters, digits and _, a letter first',
            ),
            (
                ("name: general", "name: router"),
                'agents.yaml:20: name is "router", which is reserved; write another one',
            ),
            (
                ("name: general", "name: supervisor"),
                'agents.yaml:20: name is "supervisor", which is reserved; write another one',
            ),
            (("name: general", "name: tools"), 'agents.yaml:20: name is "tools", which is reserved; write another one'),
            (
                ("fallback: general", "fallback: generl"),
                'agents.yaml:3: fallback is "generl", which is no agent; did you mean "general"?',
            ),
            (
                ("fallback: general", "fallback: xyz"),
                'agents.yaml:3: fallback is "xyz", which is no agent; write one of: order_actions, general',
            ),
            (("fallback: general\n", ""), 'agents.yaml:1: there is no fallback; add "fallback: general"'),
            (
                ("document: ${DEMO}", "document: ${DEMOO}"),
                "agents.yaml:6: document uses ${DEMOO}, which is not set here; write the address itself or switch on what provides it; known: DEMO",
            ),
            (
                ("base_url: ${DEMO}", "base_url: ${OTHER}"),
                "agents.yaml:7: base_url uses ${OTHER}, which is not set here; write the address itself or switch on what provides it; known: DEMO",
            ),
            (("name: The shop", "nmae: The shop"), 'agents.yaml:1: unknown key "nmae"; did you mean "name"?'),
            (
                (
                    "    personality:\n      tone: calm\n      greeting: Hi.\n      escalation_message: One moment.\n",
                    "    personality: calm\n",
                ),
                "agents.yaml:14: personality is \"calm\"; write 'key: value' lines",
            ),
            (("  - name: shop\n", "  - nam: shop\n"), 'agents.yaml:5: unknown key "nam"; did you mean "name"?'),
        ],
    )
    def test_each_is_named_by_file_and_line(self, load: Load, change: tuple[str, str], message: str) -> None:
        """A mistake is named by file and line, with what to write instead."""
        assert WHOLE.count(change[0]) >= 1
        assert mistake(load, WHOLE.replace(*change, 1)) == message

    def test_too_many_agents(self, load: Load) -> None:
        """More agents than can be told apart are refused."""
        rows = "".join(
            f"  - {{name: a{n}, description: A., permission: read, tools: [x]}}\n" for n in range(MAX_AGENTS + 1)
        )
        assert "write at most 50" in mistake(load, f"fallback: a1\nagents:\n{rows}")

    def test_no_agents(self, load: Load) -> None:
        """Without agents there is nobody to answer."""
        assert mistake(load, "name: Shop").startswith("agents.yaml:1: there are no agents; add")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "agents.yaml:1: the file is empty"),
            ("# nothing\n", "agents.yaml:1: the file is empty"),
            ("- a\n- b\n", "agents.yaml:1: the file is not a mapping"),
            ("just words", "agents.yaml:1: the file is not a mapping"),
            ("name: [a\nfallback: b\n", "agents.yaml:2: not valid YAML"),
            ("name: a\nname: b\n", "agents.yaml:2: not valid YAML"),
            ("name: 'a\n", "not valid YAML"),
            ("a: &a [*a]\nagents: *a\n", "agents.yaml:"),
            ("name: \x07\n", "not valid YAML"),
        ],
    )
    def test_what_is_no_yaml(self, load: Load, text: str, message: str) -> None:
        """A file that cannot be read as YAML is named by its line too."""
        assert message in mistake(load, text)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        """A missing file is named."""
        with pytest.raises(ConfigMistake, match="there is no such file"):
            load_agents(tmp_path / "none.yaml", variables={})

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        """What cannot be read is named, with the reason."""
        with pytest.raises(ConfigMistake, match="cannot be read"):
            load_agents(tmp_path, variables={})

    def test_a_file_that_is_too_large(self, load: Load) -> None:
        """A file that is far too large is some other file."""
        assert "larger than 512 KB" in mistake(load, "#" * (MAX_FILE_BYTES + 1))

    def test_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        """Bytes that are not UTF-8 are named by their line."""
        path = tmp_path / "agents.yaml"
        path.write_bytes(b"name: a\ngreeting: \xff\n")
        with pytest.raises(ConfigMistake, match=r":2: it is not UTF-8"):
            load_agents(path, variables={})


def spec(name: str, access: Access = Access.READ, effect: Effect | None = None, source: str = "shop") -> ToolSpec:
    return ToolSpec(
        name=name,
        title=name,
        description=name,
        access=access,
        parameters={},
        schema={},
        source=source,
        target="",
        version="1",
        effect=effect,
    )


TOOLS = [
    spec("get_order"),
    spec("cancel_order", Access.WRITE),
    spec("odd_thing", Access.UNKNOWN),
    spec("hand_over", Access.UNKNOWN, Effect.HAND_OVER, source="builtin"),
]


class TestAgainstTheTools:
    def check(self, load: Load, *changes: tuple[str, str]) -> str:
        text = WHOLE
        for change in changes:
            text = text.replace(*change)
        with pytest.raises(ConfigMistake) as caught:
            check_tools(load(text), TOOLS)
        return caught.value.message

    def test_a_setup_that_fits(self, load: Load) -> None:
        """Tools that are there, read by those that read and written by those that write, pass."""
        check_tools(load(WHOLE), TOOLS)

    def test_a_tool_that_is_not_there(self, load: Load) -> None:
        """A mistyped tool is answered with the one that was meant, on its own line."""
        assert self.check(load, ("- hand_over", "- hand_ovr")) == (
            'agents.yaml:24: "hand_ovr" of agent general is no tool; did you mean "hand_over"?'
        )

    def test_a_pattern_that_matches_nothing(self, load: Load) -> None:
        """A pattern that no tool fits is a mistake as well."""
        assert '"zzz_*" of agent order_actions is no tool; write one of: cancel_order' in self.check(
            load, ("get_*", "zzz_*")
        )

    @pytest.mark.parametrize("tool", ["cancel_order", "odd_thing", "can*", "shop.*"])
    def test_a_reader_that_would_write(self, load: Load, tool: str) -> None:
        """An agent that only reads has no tool that writes, nor one of which nobody knows."""
        assert "but agent general may only read" in self.check(load, ("- hand_over", f"- {tool}"))
