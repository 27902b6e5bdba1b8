import pytest

from sekisho.errors import BadParcel, Reason
from sekisho.parcel.contents import DeclaredFile, check_declared


def refused(*files: DeclaredFile) -> bool:
    with pytest.raises(BadParcel) as caught:
        check_declared(files)
    return caught.value.reason is Reason.PARCEL_CONTENTS


@pytest.mark.parametrize(
    "name", ["table.csv", "schema.toml", "report.json", "report.html", "terms.json", "table.csv.gz", "console.txt"]
)
def test_a_plain_name_is_taken(name: str) -> None:
    assert check_declared([DeclaredFile(name, "text/csv", 0)])[0].name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "table",
        ".csv",
        "..",
        "../table.csv",
        "a/b.csv",
        "a\\b.csv",
        "/etc.csv",
        "c:x.csv",
        "table.csv\n",
        "table.csv\0",
        "Table.csv",
        "表.csv",
        "tab le.csv",
        "con.csv",
        "nul.txt.gz",
        "lpt1.txt",
        "x.",
        "x..csv",
        "-x.csv",
        "x" * 65 + ".csv",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    assert refused(DeclaredFile(name, "text/csv", 0))


def test_two_files_of_one_name_are_refused() -> None:
    assert refused(DeclaredFile("a.csv", "text/csv", 0), DeclaredFile("a.csv", "text/csv", 1))


def test_no_file_at_all_is_refused() -> None:
    assert refused()


def test_sixteen_files_are_taken_and_seventeen_refused() -> None:
    files = [DeclaredFile(f"{i}.csv", "text/csv", 0) for i in range(17)]
    assert len(check_declared(files[:16])) == 16
    assert refused(*files)


@pytest.mark.parametrize("kind", ["", "text", "text/csv\r\nx: y", "Text/CSV", "text/csv; charset=a b"])
def test_a_media_type_out_of_form_is_refused(kind: str) -> None:
    assert refused(DeclaredFile("a.csv", kind, 0))


@pytest.mark.parametrize("size", [-1, 2**53])
def test_a_size_out_of_bounds_is_refused(size: int) -> None:
    assert refused(DeclaredFile("a.csv", "text/csv", size))
