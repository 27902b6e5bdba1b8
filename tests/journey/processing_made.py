"""What the tests of processing and release share: a site with more people, towns, crafted parcels, searches."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from sekisho.cli.clock import now
from sekisho.digest import digest_of
from sekisho.journey import PROCESSING_ID, case_id
from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Recipient
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.release.people import Role
from sekisho.release.roster import Roster, check_roster
from sekisho.signing import read_public_key
from sekisho.site.trial import PEOPLE, Party, TrialPlan, make_trial
from sekisho.storage.keys import read_signing_key
from tests.journey.trial_site import POLICY, SCHEMA, Done, TrialSite, said_here, seal_unlooked_at

SECRET = "ヒミツ神埼"  # stands in identifiers: it may be found nowhere but sealed
SECRET_NUMBER = 98_765_432  # an income below what is odd anywhere
MEDIA_TYPES = {".csv": "text/csv", ".toml": "application/toml"}
BEYOND = (
    (Party("shinsa2", "審査 四郎"), Role.PRIVACY_REVIEWER),
    (Party("anzen2", "安全 五子"), Role.SAFETY_REVIEWER),
    (Party("kakou2", "加工 六郎"), Role.OPERATOR),
    (Party("kansa", "監査 七子"), Role.AUDITOR),
)


def make_site(folder: Path, *codes: str, made: type[TrialSite] = TrialSite) -> TrialSite:
    """Give back a site of these municipalities, with two people in each reviewing role."""
    plan = TrialPlan(
        site=Party("trial.sekisho.example", "関所 試験"),
        municipalities=tuple(Party(code, f"町{code}") for code in codes),
        recipient=Party("riyou", "利活用株式会社"),
        purpose="地域の健康づくりに関する研究",
        people=(*PEOPLE, *BEYOND),
    )
    trial = made(folder)
    make_trial(trial.site, plan, now())
    (folder / "schema.toml").write_text(SCHEMA, encoding="utf-8")
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    (folder / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
    return trial


def roster_of(trial: TrialSite) -> Roster:
    keys = tuple(read_public_key(line) for line in (trial.home("auditor") / "founders.txt").read_text().split())
    return check_roster((trial.home("auditor") / "roster.json").read_bytes(), keys, now())


def secret_rows(rows: int = 60) -> list[str]:
    """Give back rows that fit the schema, each with the secret in its identifier and as its income."""
    return [f"{SECRET}{one:04d},{20 + one % 5 * 10},{'FM'[one % 2]},{SECRET_NUMBER}" for one in range(rows)]


def secret_table(rows: int = 60) -> bytes:
    return csv_of(secret_rows(rows))


def csv_of(rows: Iterable[str], header: str = "id,age,sex,income") -> bytes:
    return ("\n".join([header, *rows]) + "\n").encode()


class QuickSite(TrialSite):
    """A site whose commands run within the test's own process."""

    def run(self, *arguments: object, lang: str = "en", **_environment: str) -> Done:
        return said_here(*arguments, lang=lang)


@dataclass(frozen=True)
class Town:
    """One municipality of the site."""

    trial: TrialSite
    code: str

    @property
    def home(self) -> Path:
        return self.trial.home(f"municipality-{self.code}")

    def case(self, number: int) -> str:
        return case_id(self.code, number)

    def seal(self, raw: bytes | None = None, schema: Path | None = None) -> Done:
        """Seal what may not fit its schema: it is processing that has to see it."""
        path = self.trial.folder / f"table-{self.code}.csv"
        path.write_bytes(secret_table() if raw is None else raw)
        return seal_unlooked_at(self.home, path, schema or self.trial.folder / "schema.toml")

    def put(self, rows: int = 60) -> int:
        """Seal one more good parcel, quicker than with the town's tool; give back its number."""
        number = 1 + len(list((self.home / "outbox").glob("*.parcel")))
        self.craft(number, {"table.csv": secret_table(rows), "schema.toml": SCHEMA.encode()}, rows)
        return number

    def send(self) -> Done:
        return self.trial.run("municipality", "send", "--home", self.home)

    def parcel(self, number: int) -> Path:
        return self.home / "outbox" / f"{number:06d}.parcel"

    def craft(self, number: int, files: dict[str, bytes], rows: int, reference: str = "test contract 1") -> None:
        """Put a parcel into the outbox that the town's own tool would not make, signed with the town's own key."""
        key = roster_of(self.trial).processing.parcel_key
        moment = now()
        draft = LabelDraft(
            sender=self.code,
            number=number,
            made_at=moment,
            valid_from=moment - timedelta(minutes=5),
            valid_until=moment + timedelta(days=30),
            legal_basis=LegalBasis(LegalBasisKind.ENTRUSTMENT, reference),
            schema_digest=digest_of(files["schema.toml"]),
            rows=rows,
            tool=Tool("sekisho", "0"),
        )
        listed = [
            FileToSeal(name, MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream"), len(raw), BytesIO(raw))
            for name, raw in files.items()
        ]
        signer = read_signing_key(self.home / "keys" / "label.pem")
        self.parcel(number).parent.mkdir(exist_ok=True, mode=0o700)
        with self.parcel(number).open("w+b") as out:
            seal(listed, draft, [Recipient(PROCESSING_ID, key)], signer, out, os.urandom)


def entries_of(trial: TrialSite, case: str, event: str = "") -> list[dict]:
    """Give back what processing's ledger holds of a case; "" are the entries of no case."""
    return [one for one in trial.events("processing") if one["case"] == case and one["event"].startswith(event)]


def denials(trial: TrialSite) -> list[tuple[str, dict]]:
    return [(one["case"], one["facts"]) for one in trial.events("processing") if one["event"] == "Denied"]


def files_under(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def spellings(text: str) -> list[bytes]:
    return [text.encode(name) for name in ("utf-8", "cp932", "utf-16-le", "utf-16-be")]


def where_found(folder: Path, *texts: str) -> list[str]:
    """Give back the files under `folder` that hold one of `texts` in any encoding that a table or a program may use."""
    wanted = [raw for text in texts for raw in spellings(text)]
    return [
        str(path.relative_to(folder)) for path in files_under(folder) if any(raw in path.read_bytes() for raw in wanted)
    ]


def unfinished(folder: Path) -> list[str]:
    """Give back what is left of temporary files."""
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.part"))]


def copy_processing(trial: TrialSite, folder: Path) -> TrialSite:
    """Give back a site in `folder` with its own copy of processing; people, policy and the rest are the same."""
    shutil.copytree(trial.folder, folder, ignore=shutil.ignore_patterns("receiving", "delivery", "recipient-*"))
    return type(trial)(folder)


def findings_of(trial: TrialSite, case: str) -> list[dict]:
    path = trial.home("processing") / "shelf" / "findings" / f"{case}.json"
    return json.loads(path.read_bytes())
