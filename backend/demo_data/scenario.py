"""Scenario of one invented conversation: what is asked, what agents do, what goes wrong, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final

from app.db.bulk_load import NewConversation
from app.protocol import (
    Clarification,
    CustomerFeedback,
    ErrorFrame,
    Escalated,
    InterruptExpiredNotice,
)
from demo_data.event_writer import APPROVAL_MINUTES, EventWriter
from demo_data.requests import (
    ASKS_FOR_A_PERSON,
    COMPLAINTS,
    FAREWELL,
    REMARKS,
    REQUESTS,
    THANKS,
    UNCLEAR,
    Request,
)
from demo_data.traffic import moment_on

if TYPE_CHECKING:
    from app.callbacks import PriceList
    from app.protocol import Outcome

# How often things happen, as shares of one; a shop's support as people describe it, not measured anywhere.
PERSON_WANTED: Final = 0.045
UNCLEAR_AT_FIRST: Final = 0.035
TURN_BREAKS: Final = 0.006
READ_FAILS: Final = 0.012
WRITE_FAILS: Final = 0.05
WRITE_UNKNOWN: Final = 0.015
SETTLED_BY_STAFF: Final = 0.6
REJECTED: Final = 0.07
EDITED: Final = 0.06
EXPIRED: Final = 0.08
COMES_BACK: Final = 0.3
COMPLAINS: Final = 0.06
GIVES_UP: Final = 0.4
THANKS_AT_THE_END: Final = 0.14
RATES: Final = 0.2
CUSTOMERS: Final = 40_000
CARRIER_IS_DOWN_EVERY: Final = 23  # days: then parcels can't be tracked, which the charts should show
MODELS_CHANGE_EVERY: Final = 40  # days: what a dearer model costs should show, too
SECONDS_TO_WRITE: Final = 25.0
SECONDS_TO_DECIDE: Final[Mapping[str, float]] = {"customer": 18.0, "operator": 260.0}

_OFTEN: Final = list(accumulate(request.often for request in REQUESTS))
_MODELS: Final = (
    {"": "gpt-4.1-mini", "returns": "gpt-4.1", "general": "gpt-4.1-nano"},
    {"": "gpt-4.1-mini", "returns": "gpt-5", "general": "gpt-4.1-nano", "products": "gpt-4o-mini"},
)


def name_of(day: date, number: int, *, seed: int) -> str:
    """Name the `number`th conversation of a day."""
    return f"demo-{seed}-{day:%Y%m%d}-{number}"


def invent(day: date, number: int, *, seed: int, prices: PriceList) -> NewConversation:
    """Invent the `number`th conversation of a day; the same again for the same seed."""
    rng = Random(f"{seed}:{day}:{number}")  # noqa: S311  # invented data has to be the same each time
    values = {
        "order": str(rng.randint(10_000, 99_999)),
        "amount": f"{rng.randint(5, 60)}.00",
        "code": f"THANKS{rng.randint(10, 99)}",
    }
    era = day.toordinal() // MODELS_CHANGE_EVERY
    writer = EventWriter(
        thread_id=name_of(day, number, seed=seed),
        now=moment_on(day, rng),
        rng=rng,
        prices=prices,
        models=_MODELS[era % len(_MODELS)],
        values=values,
    )
    scenario = _Scenario(writer, rng, carrier_down=day.toordinal() % CARRIER_IS_DOWN_EVERY == 0)
    scenario.play()
    return NewConversation(
        thread_id=writer.thread_id,
        visitor_id=f"demo-visitor-{rng.randrange(CUSTOMERS)}",
        demo=True,
        ended_at=scenario.ended_at,
        escalated_at=scenario.escalated_at,
        events=writer.events,
    )


class _Scenario:
    """One conversation from its first word to its last."""

    def __init__(self, writer: EventWriter, rng: Random, *, carrier_down: bool) -> None:
        self.writer = writer
        self.rng = rng
        self.carrier_down = carrier_down
        self.ended_at: datetime | None = None
        self.escalated_at: datetime | None = None

    def play(self) -> None:
        if self._chance(PERSON_WANTED):
            self._hand_over(self.rng.choice(ASKS_FOR_A_PERSON))
            return
        request = self.rng.choices(REQUESTS, cum_weights=_OFTEN)[0]
        if self._chance(UNCLEAR_AT_FIRST) and not self._ask_back(request):
            return
        good = self._fulfil(request)
        if good is None:
            return
        if self._chance(COMPLAINS if good else GIVES_UP):
            self._pause()
            if self._chance(0.5):
                self._hand_over(self.rng.choice(COMPLAINTS))
                good = False
            else:
                self._answer_again(request)
        elif good and self._chance(THANKS_AT_THE_END):
            self._say_goodbye()
        if self._chance(RATES):
            self._rate(good=good)

    def _fulfil(self, request: Request) -> bool | None:
        """Do what is wanted; whether it worked, None where the customer is gone."""
        writer = self.writer
        writer.ask(self.rng.choice(request.says))
        writer.route(request.agent)
        if self._chance(TURN_BREAKS):
            writer.write(
                ErrorFrame(
                    thread_id=writer.thread_id,
                    code="model_unavailable",
                    message="The language model did not answer. Please try again in a moment.",
                    retryable=True,
                )
            )
            return False
        writer.call_model(request.agent, prompt=900, completion=30 if request.read or request.write else 70)
        if request.read and not self._read(request):
            writer.answer(request.agent, "I could not look that up just now. Please try again a little later.")
            writer.complete()
            return False
        if request.write:
            return self._write(request)
        if request.read:
            writer.call_model(request.agent, prompt=1200, completion=60)
        writer.answer(request.agent, request.answer)
        writer.complete()
        return True

    def _read(self, request: Request) -> bool:
        call_id = self.writer.call_tool(request, request.read)
        fails = 0.35 if self.carrier_down and request.read == "track_parcel" else READ_FAILS
        failed = self._chance(fails)
        ms = round(self.writer.about(4_000 if failed else 130, 0.7))
        self.writer.finish_call(request, request.read, call_id, "failed" if failed else "succeeded", ms)
        return not failed

    def _write(self, request: Request) -> bool | None:
        writer = self.writer
        call_id = writer.call_tool(request, request.write)
        interrupt_id = writer.propose(request, call_id, 1)
        if self._chance(EXPIRED):
            return self._expire(request, interrupt_id, call_id)
        writer.wait(writer.about(SECONDS_TO_DECIDE[request.audience], 0.9))
        if self._chance(REJECTED):
            writer.decide(request, interrupt_id, "rejected", 1)
            writer.resume()
            writer.show_result(request, request.write, call_id, "rejected")
            writer.answer(request.agent, "All right, I have not done anything.")
            writer.complete()
            return False
        if self._chance(EDITED):
            writer.decide(request, interrupt_id, "edited", 1)
            interrupt_id = writer.propose(request, call_id, 1, edited_from={"order_id": int(writer.values["order"])})
            writer.wait(writer.about(SECONDS_TO_DECIDE[request.audience] / 2))
        writer.decide(request, interrupt_id, "approved", 1)
        return self._carry_out(request, call_id)

    def _carry_out(self, request: Request, call_id: str) -> bool:
        writer = self.writer
        writer.resume()
        writer.change_action(request, 1, "executing")
        place = self.rng.random()
        outcome: Outcome = "succeeded"
        if place < WRITE_FAILS + WRITE_UNKNOWN:
            outcome = "failed" if place < WRITE_FAILS else "unknown"
        ms = round(writer.about(240, 0.8) if outcome != "unknown" else 30_000)
        writer.change_action(request, 1, outcome)
        writer.finish_call(request, request.write, call_id, outcome, ms)
        writer.call_model(request.agent, prompt=1500, completion=50)
        done = outcome == "succeeded"
        writer.answer(request.agent, request.answer if done else "That did not go through. Our team will look into it.")
        writer.complete()
        if outcome == "unknown" and self._chance(SETTLED_BY_STAFF):
            writer.wait(writer.about(3_600))
            writer.change_action(request, 1, self.rng.choice(("succeeded", "failed")), by="operator")
        return done

    def _expire(self, request: Request, interrupt_id: str, call_id: str) -> bool | None:
        writer = self.writer
        writer.wait(APPROVAL_MINUTES * 60)
        writer.change_action(request, 1, "expired")
        writer.write(
            InterruptExpiredNotice(
                thread_id=writer.thread_id,
                interrupt_id=interrupt_id,
                message=f"“{request.title}” was not answered in time, so nothing was sent. Ask again if you want it.",
            ),
            turn=False,
        )
        writer.show_result(request, request.write, call_id, "expired")
        return False if self._chance(COMES_BACK) else None

    def _ask_back(self, request: Request) -> bool:
        """Ask what is meant; whether the customer then says it."""
        writer = self.writer
        writer.ask(self.rng.choice(UNCLEAR))
        writer.route(request.agent)
        writer.write(Clarification(thread_id=writer.thread_id, message="Which order is it about?", options=[]))
        writer.complete()
        self._pause()
        return self._chance(0.7)

    def _answer_again(self, request: Request) -> None:
        writer = self.writer
        writer.ask(self.rng.choice(COMPLAINTS))
        writer.route(request.agent)
        writer.call_model(request.agent, prompt=1600, completion=80)
        writer.answer(request.agent, request.answer)
        writer.complete()

    def _hand_over(self, text: str) -> None:
        writer = self.writer
        writer.ask(text)
        writer.route("general")
        writer.call_model("general", prompt=950, completion=25)
        self.escalated_at = writer.now
        writer.write(
            Escalated(
                thread_id=writer.thread_id,
                reason="The customer asked for a person.",
                message="I am handing you over to a person, who will answer you here.",
            )
        )
        writer.complete()

    def _say_goodbye(self) -> None:
        writer = self.writer
        self._pause()
        writer.ask(self.rng.choice(THANKS))
        writer.route("general")
        writer.call_model("general", prompt=1000, completion=15)
        writer.answer("general", FAREWELL)
        self.ended_at = writer.now
        writer.complete(ended=True)

    def _rate(self, *, good: bool) -> None:
        writer = self.writer
        writer.wait(writer.about(15))
        rating = self.rng.choices((1, 2, 3, 4, 5), (2, 3, 10, 35, 50) if good else (30, 27, 23, 13, 7))[0]
        comment = self.rng.choice(REMARKS) if self._chance(0.25) else None
        writer.write(CustomerFeedback(thread_id=writer.thread_id, rating=rating, comment=comment), turn=False)

    def _pause(self) -> None:
        self.writer.wait(self.writer.about(SECONDS_TO_WRITE))

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share
