"""Every error, as one tree by who must act.

SekishoError
├── SenderMustAct     exit 2   the municipality sends again, mended
│   ├── BadParcel              the sealed package is malformed, expired, for somebody else, or used
│   └── BadTable               the table inside does not fit its schema
├── StaffMustAct      exit 3   operator, reviewer or approver decides
│   ├── Refused                the rules say no
│   ├── Held                   waits until something named happens
│   └── CannotMeet             no plan keeps the bounds of the policy
├── OperatorMustAct   exit 4   whoever runs the machine looks at once
│   ├── Tampered               a signature, digest or proof does not hold: stop the line
│   ├── Unavailable            disk, key or neighbour does not answer
│   └── BadSettings            the machine's own files are wrong
├── Malformed         exit 5   bytes are not what their format says; callers turn it into one of the above
└── WrongUsage        exit 64  the command was called wrongly

An error carries a `Reason` and facts. Facts are counts, positions, ids and names of columns; never a value of a row.
The sentence and the next step for people stand in the catalogues (`pages/catalogue`), under the reason's code.
"""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

Fact = int | str


class Who(Enum):
    """Who must act; the value is the exit code."""

    SENDER = 2
    STAFF = 3
    OPERATOR = 4
    US = 5
    CALLER = 64


class Reason(Enum):
    """Why something was refused; the value is the code that stands in ledgers, logs and JSON."""

    # statements and notes
    STATEMENT_MALFORMED = "statement.malformed"
    STATEMENT_SIGNATURE = "statement.signature"
    STATEMENT_UNKNOWN_SIGNER = "statement.unknown-signer"
    # parcel
    PARCEL_MALFORMED = "parcel.malformed"
    PARCEL_TRUNCATED = "parcel.truncated"
    PARCEL_TAMPERED = "parcel.tampered"
    PARCEL_SIGNATURE = "parcel.signature"
    PARCEL_WRONG_KEY = "parcel.wrong-key"
    PARCEL_WRONG_RECIPIENT = "parcel.wrong-recipient"
    PARCEL_EXPIRED = "parcel.expired"
    PARCEL_NOT_YET_VALID = "parcel.not-yet-valid"
    PARCEL_SIZE = "parcel.size"
    PARCEL_CONTENTS = "parcel.contents"
    PARCEL_FORBIDDEN_NUMBER = "parcel.forbidden-number"
    PARCEL_CHANGED_WHILE_SEALING = "parcel.changed-while-sealing"
    # numbers of parcels
    NUMBER_USED = "number.used"
    NUMBER_GAP = "number.gap"
    NUMBER_LOST = "number.lost"
    # line and disk
    SENDER_UNKNOWN = "line.sender-unknown"
    SENDER_NOT_ALLOWED = "line.not-allowed"
    LINE_OFFSET = "line.offset"
    LINE_TLS = "line.tls"
    LINE_UNREACHABLE = "line.unreachable"
    LINE_ANSWER = "line.answer"
    LINE_HOST_KEY = "line.host-key"
    LINE_LOGIN = "line.login"
    LINE_SSH = "line.ssh"
    LINE_PUT_REFUSED = "line.put-refused"
    PORT_TAKEN = "line.port-taken"
    PORT_NOT_GIVEN = "line.port-not-given"
    PARCEL_TOO_LARGE = "line.too-large"
    DISK_FULL = "disk.full"
    DISK_FAILED = "disk.failed"
    RECEIPT_SIGNATURE = "receipt.signature"
    RECEIPT_MISMATCH = "receipt.mismatch"
    ACKNOWLEDGEMENT_SIGNATURE = "acknowledgement.signature"
    ACKNOWLEDGEMENT_MISMATCH = "acknowledgement.mismatch"
    # tables
    SCHEMA_MALFORMED = "schema.malformed"
    TABLE_DOES_NOT_FIT = "table.does-not-fit"
    TABLE_EMPTY = "table.empty"
    TABLE_COLUMN_KIND = "table.column-kind"
    TABLE_ROLES = "table.roles"
    TABLE_LABELS = "table.labels"
    TABLE_COLUMN_UNKNOWN = "table.column-unknown"
    TABLE_READER_MISSING = "table.reader-missing"
    TABLE_FORBIDDEN_NUMBER = "table.forbidden-number"
    TABLE_STRIPPED_COLUMN = "table.stripped-column"
    FREE_TEXT_READER_MISSING = "table.free-text-reader-missing"
    PARSER_ENDED = "table.parser-ended"
    # de-identification
    POLICY_MALFORMED = "policy.malformed"
    LADDER_MALFORMED = "ladder.malformed"
    LADDER_MISSING_VALUE = "ladder.missing-value"
    LADDER_NO_PROPOSAL = "ladder.no-proposal"
    LADDER_NOT_NEEDED = "ladder.not-needed"
    LADDER_CODES_LAYOUT = "ladder.codes-layout"
    NO_QUASI_IDENTIFIER = "deid.no-quasi-identifier"
    K_LARGER_THAN_TABLE = "deid.k-larger-than-table"
    POPULATION_MISSING = "deid.population-missing"
    POPULATION_TOO_SMALL = "deid.population-too-small"
    THRESHOLD_OUT_OF_RANGE = "deid.threshold-out-of-range"
    POPULATION_LACKS_ROWS = "deid.population-lacks-rows"
    WEIGHTS_UNUSABLE = "deid.weights-unusable"
    MODEL_TARGET = "deid.model-target"
    CHANGE_TOO_FEW_ROWS = "deid.change-too-few-rows"
    CHANGE_WITHOUT_EFFECT = "deid.change-without-effect"
    CHANGE_LEAVES_NO_ROW = "deid.change-leaves-no-row"
    CHANGE_NO_ROOM = "deid.change-no-room"
    CHANGE_NOBODY_ALIKE = "deid.change-nobody-alike"
    NO_PLAN = "deid.no-plan"
    SEARCH_TOO_LARGE = "deid.search-too-large"
    SUDA_TOO_WIDE = "deid.suda-too-wide"
    MEASURE_UNKNOWN = "deid.measure-unknown"
    CLAIM_NOT_KEPT = "deid.claim-not-kept"
    WORK_CHANGED = "deid.work-changed"
    # proposals
    REQUEST_MALFORMED = "proposal.request-malformed"
    FEE_MALFORMED = "proposal.fee-malformed"
    # the standard
    STANDARD_MALFORMED = "standard.malformed"
    STANDARD_NOT_MET = "standard.not-met"
    DECISION_MALFORMED = "standard.decision-malformed"
    DICTIONARY_MALFORMED = "standard.dictionary-malformed"
    # printing
    PRINT_TYPST_MISSING = "print.typst-missing"
    PRINT_FONT_MISSING = "print.font-missing"
    # release
    PERMIT_MALFORMED = "permit.malformed"
    PERMIT_SIGNATURE = "permit.signature"
    PERMIT_TOO_FEW = "permit.too-few"
    PERMIT_SAME_PERSON = "permit.same-person"
    PERMIT_SAME_ROLE = "permit.same-role"
    PERMIT_OPERATOR = "permit.operator"
    PERMIT_UNKNOWN_PERSON = "permit.unknown-person"
    PERMIT_NOT_YET_VALID = "permit.not-yet-valid"
    PERMIT_EXPIRED = "permit.expired"
    PERMIT_USED = "permit.used"
    PERMIT_WRONG_PARCEL = "permit.wrong-parcel"
    PERMIT_WRONG_RECIPIENT = "permit.wrong-recipient"
    PERMIT_SOFTWARE_KEY = "permit.software-key"
    PERMIT_NO_PROOF = "permit.no-proof"
    PERMIT_WRONG_SITE = "permit.wrong-site"
    PERMIT_OTHER_ROSTER = "permit.other-roster"
    PERMIT_WRONG_CONTRACT = "permit.wrong-contract"
    PERMIT_OTHER_DOSSIER = "permit.other-dossier"
    DOSSIER_MALFORMED = "dossier.malformed"
    DOSSIER_SIGNATURE = "dossier.signature"
    LOST_MALFORMED = "lost.malformed"
    LOST_WRONG_NUMBER = "lost.wrong-number"
    ROLE_VACANT = "release.role-vacant"
    RECIPIENT_UNKNOWN = "release.recipient-unknown"
    CONTRACT_NOT_IN_FORCE = "release.contract-not-in-force"
    WRONG_ROLE = "release.wrong-role"
    MOVE_NOT_ALLOWED = "release.move-not-allowed"
    PERSON_UNKNOWN = "release.person-unknown"
    CASE_UNKNOWN = "release.case-unknown"
    CASE_NOT_OPEN = "release.case-not-open"
    CASE_ALREADY_OPEN = "release.case-already-open"
    NOT_DELIVERED = "release.not-delivered"
    REFUSED_BY_REVIEWER = "release.refused-by-reviewer"
    HELD_BY_PERSON = "release.held-by-person"
    # a stopped site
    SITE_STOPPED = "site.stopped"
    SITE_RUNNING = "site.running"
    STOP_MALFORMED = "stop.malformed"
    RESTART_MALFORMED = "restart.malformed"
    RESTART_OTHER_STOP = "restart.other-stop"
    # roster and settings
    ROSTER_MALFORMED = "roster.malformed"
    ROSTER_SIGNATURE = "roster.signature"
    ROSTER_EXPIRED = "roster.expired"
    ROSTER_NOT_YET_VALID = "roster.not-yet-valid"
    ROSTER_OLDER = "roster.older"
    ROSTER_ROLES_TOGETHER = "roster.roles-together"
    SETTINGS_MALFORMED = "settings.malformed"
    SITE_MALFORMED = "site.malformed"
    RULES_UNREADABLE = "site.rules-unreadable"
    PROOF_NOT_HERE = "site.proof-not-here"
    HOST_DRIFTED = "site.drifted"
    HOST_UNREADABLE = "site.host-unreadable"
    HOST_UNKNOWN = "site.host-unknown"
    SITE_NO_TRIAL = "site.no-trial"
    ROLE_SECOND = "site.second-role"
    ROLE_MOVED = "site.other-machine"
    SETTINGS_MISSING = "settings.missing"
    SETTINGS_OTHER_ROLE = "settings.other-role"
    KEY_MISSING = "key.missing"
    KEY_NOT_THEIRS = "key.not-theirs"
    KEY_EXPOSED = "key.exposed"
    FOLDER_NOT_EMPTY = "folder.not-empty"
    FOLDER_LOCKED = "folder.locked"
    FOLDER_UNWRITABLE = "folder.unwritable"
    FILE_MISSING = "file.missing"
    FILE_UNREADABLE = "file.unreadable"
    FILE_EXISTS = "file.exists"
    # locks of processes
    LOCK_OPEN = "lock.open"
    LOCK_MISSING = "lock.missing"
    LOCK_SOCKET = "lock.socket"
    # ledger
    LEDGER_MALFORMED = "ledger.malformed"
    LEDGER_CHECKPOINT = "ledger.checkpoint"
    LEDGER_ENTRY_CHANGED = "ledger.entry-changed"
    LEDGER_ENTRY_MISSING = "ledger.entry-missing"
    LEDGER_ROLLED_BACK = "ledger.rolled-back"
    LEDGER_PROOF = "ledger.proof"
    LEDGER_DIFFERS = "ledger.differs"
    # audit
    STORY_UNLAWFUL = "story.unlawful"
    STORY_BROKEN = "story.broken"
    STATEMENT_MISSING = "statement.missing"
    EVIDENCE_MISSING = "evidence.missing"
    EVIDENCE_CHANGED = "evidence.changed"
    # the rest
    USAGE = "usage.wrong"
    OUR_FAULT = "fault.ours"


@dataclass(frozen=True)
class Finding:
    """One kind of misfit in a table: where, which rule, how often. Never a value.

    `column` is the column's declared name, or "" where the whole file is meant; `first_row` is the 1-based number of
    the first data row concerned, 0 where no row can be named.
    """

    column: str
    rule: str
    count: int
    first_row: int = 0


class SekishoError(Exception):
    """The root. `str()` gives the reason's code and the facts, for logs; people read the catalogue's sentence."""

    who: ClassVar[Who] = Who.US

    def __init__(self, reason: Reason, *, findings: tuple[Finding, ...] = (), **facts: Fact) -> None:
        self.reason = reason
        self.findings = findings
        self.facts: dict[str, Fact] = facts
        super().__init__(reason, facts)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={fact}" for name, fact in self.facts.items())
        return f"{self.reason.value} ({told})" if told else self.reason.value


class SenderMustAct(SekishoError):
    who = Who.SENDER


class BadParcel(SenderMustAct): ...


class BadTable(SenderMustAct): ...


class StaffMustAct(SekishoError):
    who = Who.STAFF


class Refused(StaffMustAct): ...


class Held(StaffMustAct): ...


class CannotMeet(StaffMustAct): ...


class OperatorMustAct(SekishoError):
    who = Who.OPERATOR


class Tampered(OperatorMustAct): ...


class Unavailable(OperatorMustAct): ...


class BadSettings(OperatorMustAct): ...


class Malformed(SekishoError): ...


class WrongUsage(SekishoError):
    who = Who.CALLER
