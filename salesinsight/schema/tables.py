"""The tables: every column with its dtype, unit, meaning and whether it may be empty.

All rooms of the library talk to each other through these tables. `TABLES` is the one
declaration; the checks, the empty tables and the data dictionary are made from it.

Text is dtype ``string``, whole numbers ``Int64``, other numbers ``float64``, yes/no ``boolean``
and moments ``datetime64[us, UTC]``. What is not known is ``<NA>``, ``NaN`` or ``NaT``: never an
empty text and never 0.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

TEXT, WHOLE, NUMBER, FLAG, MOMENT = "string", "Int64", "float64", "boolean", "datetime64[us, UTC]"

ROLES = ("seller", "customer", "other", "unknown")
OUTCOMES = ("order", "advance", "continuation", "no_sale")
Y4 = ("won", "lost", "progress", "stalled")
QUESTION_FORMS = ("open", "closed", "alternative")
QUESTION_FLAGS = ("leading", "tag", "indirect", "rhetorical")
SPIN_TYPES = ("situation", "problem", "implication", "need_payoff")
PUSH_PULL = ("push", "pull")
ACTS = (
    "action_request",
    "commitment",
    "stall",
    "refusal",
    "objection",
    "buying_signal",
    "gatekeeper",
    "decision_maker_probe",
)
REQUEST_KINDS = (
    "information",
    "meeting",
    "visit",
    "trial",
    "internal_discussion",
    "introduction",
    "quote",
    "signature",
)
SELLER_ACTS = ("action_request", "decision_maker_probe")  # all other acts are the customer's
ANSWERS = ("accept", "vague", "refuse")
EVENT_KINDS = (
    "stage",
    "won",
    "lost",
    "reopened",
    "deleted",
    "close_date_set",
    "amount_set",
    "seller_estimate",
    "mail_out",
    "mail_in",
    "quote_sent",
    "meeting_booked",
    "contact_added",
    "hours_logged",
    "note",
)


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a table: what it holds, in which unit, and whether a value may be missing."""

    name: str
    dtype: str
    meaning: str
    required: bool = False
    values: tuple[str, ...] = ()
    unit: str = ""
    least: float | None = None
    most: float | None = None


@dataclasses.dataclass(frozen=True)
class Table:
    """One table: what a row is, which columns together tell rows apart, and the columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        """The columns without which the table says nothing."""
        return [column.name for column in self.columns if column.required]


def _c(name: str, dtype: str, meaning: str, **rest) -> Column:
    return Column(name, dtype, meaning, **rest)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "turns",
            "one speaker's uninterrupted stretch of talk in a conversation",
            ("conversation_id", "turn"),
            (
                _c("conversation_id", TEXT, "the conversation this turn belongs to", required=True),
                _c("turn", WHOLE, "number of the turn in its conversation, from 0", required=True, least=0),
                _c("role", TEXT, "side of the speaker; unknown when the source does not tell", values=ROLES),
                _c("speaker_id", TEXT, "the speaker, as the source names or numbers them"),
                _c("start_s", NUMBER, "start, from the start of the conversation", unit="s", least=0),
                _c("end_s", NUMBER, "end, from the start of the conversation", unit="s", least=0),
                _c("text", TEXT, "the words spoken", required=True),
                _c("language", TEXT, "language of the turn", values=("nl", "en")),
            ),
        ),
        Table(
            "conversations",
            "one call or meeting, with or without a transcript",
            ("conversation_id",),
            (
                _c("conversation_id", TEXT, "the conversation", required=True),
                _c("deal_id", TEXT, "the deal it was about; missing when the source does not tell"),
                _c("account_id", TEXT, "the customer's organisation"),
                _c("started_at", MOMENT, "start", required=True),
                _c("ended_at", MOMENT, "end"),
                _c("planned_min", NUMBER, "planned length", unit="min", least=0),
                _c("kind", TEXT, "how they spoke", values=("call", "meeting", "video", "chat")),
                _c("in_person", FLAG, "whether they sat at one table"),
                _c("direction", TEXT, "who called whom: in is the customer", values=("in", "out")),
                _c(
                    "status",
                    TEXT,
                    "whether it took place; only held conversations with a customer count",
                    values=("held", "no_answer", "voicemail", "wrong_number", "cancelled"),
                ),
                _c("seller_id", TEXT, "the seller"),
                _c("outcome", TEXT, "outcome as the seller recorded it", values=OUTCOMES),
                _c("note", TEXT, "the seller's own words about it"),
                _c("next_step", TEXT, "the next step as recorded"),
                _c("next_step_at", MOMENT, "when that step is due"),
                _c("next_step_owner", TEXT, "whose step it is", values=("seller", "customer")),
                _c("entered_at", MOMENT, "when this row was entered; the end where the source does not tell"),
            ),
        ),
        Table(
            "people",
            "one person",
            ("person_id",),
            (
                _c("person_id", TEXT, "the person", required=True),
                _c("account_id", TEXT, "the organisation"),
                _c("side", TEXT, "side of the table", values=ROLES),
                _c("name", TEXT, "name"),
                _c("title", TEXT, "job title"),
                _c(
                    "decision_role",
                    TEXT,
                    "part in the decision",
                    values=("decider", "influencer", "gatekeeper", "user", "unknown"),
                ),
            ),
        ),
        Table(
            "attendance",
            "one person in one conversation",
            ("conversation_id", "person_id"),
            (
                _c("conversation_id", TEXT, "the conversation", required=True),
                _c("person_id", TEXT, "the person", required=True),
            ),
        ),
        Table(
            "deals",
            "one sales opportunity at one customer, as it stands today: for display only",
            ("deal_id",),
            (
                _c("deal_id", TEXT, "the deal", required=True),
                _c("name", TEXT, "what the CRM calls the deal"),
                _c("account_id", TEXT, "the customer's organisation"),
                _c("account_name", TEXT, "what the customer's organisation is called"),
                _c("created_at", MOMENT, "when the deal was opened"),
                _c("amount", NUMBER, "amount as it stands today", unit="currency"),
                _c("currency", TEXT, "currency of the amount"),
                _c("pipeline", TEXT, "the pipeline, which has its own order of stages"),
                _c("product", TEXT, "what is sold"),
                _c("lead_source", TEXT, "where the lead came from"),
                _c("owner_id", TEXT, "the seller who owns the deal"),
            ),
        ),
        Table(
            "events",
            "something that happened to a deal",
            (),
            (
                _c("deal_id", TEXT, "the deal", required=True),
                _c("at", MOMENT, "when it happened", required=True),
                _c("entered_at", MOMENT, "when it was entered; `at` where the source does not tell"),
                _c("kind", TEXT, "what happened", required=True, values=EVENT_KINDS),
                _c("value", TEXT, "stage name, reason of loss, amount, date or hours, by kind"),
                _c("person_id", TEXT, "who it concerns"),
            ),
        ),
        Table(
            "rejects",
            "one source row that was not used",
            (),
            (
                _c("file", TEXT, "the file", required=True),
                _c("line", WHOLE, "line in the file, from 1"),
                _c("column", TEXT, "the column of the file"),
                _c("value", TEXT, "what stood there"),
                _c("reason", TEXT, "why the row was set aside", required=True),
            ),
        ),
    )
}


@dataclasses.dataclass
class Export:
    """Everything one export yielded: the tables, and what is needed to read them rightly.

    Attributes
    ----------
    turns, conversations, people, attendance, deals, events, rejects : pandas.DataFrame
        The tables of the contract; see `TABLES`.
    language : str
        Language of the conversations, "nl" or "en".
    time_zone : str
        Time zone in which the users live: a Monday morning is a Monday morning there.
    as_of : pandas.Timestamp
        The moment up to which the export knows the world.
    stages : dict
        Stage names per pipeline, from the first to the last open stage.
    label : dict
        The settings of the label that the profile overrides (``[label]``).
    watermark : str or None
        Words that must stand on everything made from this export ("voorbeelddata").
    notices : list of str
        What was assumed while reading, in whole sentences.
    own_domains : list of str
        Domains of the e-mail addresses of the sellers' own organisation.
    links : pandas.DataFrame or None
        How transcripts were joined to conversations and which rows were one conversation, with what is
        still open; None where nothing was linked.
    ticks : pandas.DataFrame or None
        Whether a manager found labels right: deal_id, y4 (the label on the sheet), right; None without a
        ``label_check`` file in the folder.
    truth : pandas.DataFrame or None
        Only for invented data: the planted truth, one row per deal.
    truth_turns : pandas.DataFrame or None
        Only for invented data: what each turn was meant to say: conversation_id, turn, said (names of the
        phrase lists of the language pack that it was spoken from, in one string).
    """

    turns: pd.DataFrame
    conversations: pd.DataFrame
    people: pd.DataFrame
    attendance: pd.DataFrame
    deals: pd.DataFrame
    events: pd.DataFrame
    rejects: pd.DataFrame
    language: str = "nl"
    time_zone: str = "Europe/Amsterdam"
    as_of: pd.Timestamp | None = None
    stages: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    label: dict = dataclasses.field(default_factory=dict)
    watermark: str | None = None
    notices: list[str] = dataclasses.field(default_factory=list)
    own_domains: list[str] = dataclasses.field(default_factory=list)
    links: pd.DataFrame | None = None
    ticks: pd.DataFrame | None = None
    truth: pd.DataFrame | None = None
    truth_turns: pd.DataFrame | None = None
