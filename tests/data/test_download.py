"""Fetching from a server on this machine that misbehaves in every way a publisher's may."""

import hashlib
import io
import re
import ssl
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import tqdm

from recsys_course.data import DataError, load_catalogue, load_views
from recsys_course.data.download import fetch, matches, public, transfer

RATINGS = "".join(f"{at}\t10\t4\t964982703\n" for at in range(1, 20_001))
ITEM = f"10|Up (1995)|14-Feb-1995|||0|1{'|0' * 17}\n"
ROWS = {"u.data": 20_000, "u.item": 1}


def archive(contents):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:  # stored, so that it takes several packets
        for name, content in contents.items():
            file.writestr(name, content)
    return packed.getvalue()


GOOD = archive(
    {
        "ml-tiny/u.data": RATINGS,
        "ml-tiny/u.item": ITEM,
        "ml-tiny/README": "terms",
        "ml-tiny/more/u.user": "",
        "__MACOSX/ml-tiny/._u.data": "junk",
    }
)


class Server:
    """Serves one content at every path, and notes what was asked."""

    def __init__(self, content=GOOD):
        self.content = content
        self.etag = '"one"'
        self.ranges = True
        self.cut = []  # for each coming answer: after how many bytes it breaks off, or None
        self.statuses = []  # for each coming answer: a status to refuse with
        self.shift = 0  # bytes by which a partial answer starts too late
        self.asked = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.scheme = "http"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path="tiny.zip"):
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}/{path}"

    def _handler(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.path, dict(self.headers)))
                if outer.statuses:
                    self.send_error(outer.statuses.pop(0))
                    return
                start, content = 0, outer.content
                asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
                same = self.headers.get("If-Range", outer.etag) == outer.etag
                if asked and same and outer.ranges:
                    start = int(asked[1]) + outer.shift
                    if start >= len(content):
                        self.send_response(416)
                        self.send_header("Content-Range", f"bytes */{len(content)}")
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                        return
                    self.send_response(206)
                    last = len(content) - 1
                    self.send_header("Content-Range", f"bytes {start}-{last}/{len(content)}")
                else:
                    self.send_response(200)
                self.send_header("Content-Length", str(len(content) - start))
                if outer.etag:
                    self.send_header("ETag", outer.etag)
                self.end_headers()
                length = outer.cut.pop(0) if outer.cut else None
                self.wfile.write(content[start:] if length is None else content[start:][:length])

            def log_message(self, *_):
                pass

        return Handler

    def ranges_asked(self):
        return [headers.get("Range") for _, headers in self.asked]


@pytest.fixture
def serve():
    servers = []

    def start(content=GOOD):
        servers.append(Server(content))
        return servers[-1]

    yield start
    for server in servers:
        server.server.shutdown()
        server.server.server_close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(transfer, "PAUSE", 0)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def register(monkeypatch):
    """Register the archive under the name "tiny" at some addresses."""

    def add(*addresses, content=GOOD, rows=ROWS):
        checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
        data = public.PublicData("tiny", addresses, checksum, rows, 1, "none")
        monkeypatch.setitem(public.PUBLIC, "tiny", data)

    return add


@pytest.fixture
def downloads(cache_folder):
    return cache_folder / "downloads"


def kept(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def refused(folder):
    with pytest.raises(DataError) as caught:
        fetch("tiny", folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def complete(folder):
    assert kept(folder) == ["README", "more", "u.data", "u.item"]
    assert (folder / "u.data").read_text(encoding="utf-8") == RATINGS


def test_the_right_file_is_unpacked_ready_to_use(serve, register, tmp_path, downloads):
    register(serve().url())
    folder = tmp_path / "new" / "folder"
    assert fetch("tiny", folder) == folder
    complete(folder)
    assert kept(downloads) == ["tiny.zip"]
    assert len(load_views(folder)) == 20_000
    assert load_catalogue(folder)["title"].tolist() == ["Up (1995)"]


def test_a_second_folder_needs_no_second_download(serve, register, tmp_path):
    server = serve()
    register(server.url())
    fetch("tiny", tmp_path / "one")
    fetch("tiny", tmp_path / "two")
    fetch("tiny", tmp_path / "two")
    complete(tmp_path / "two")
    assert len(server.asked) == 1


def test_an_archive_put_there_by_hand_is_taken_when_it_is_right(register, tmp_path, downloads):
    register("http://127.0.0.1:9/tiny.zip")
    downloads.mkdir(parents=True)
    (downloads / "tiny.zip").write_bytes(GOOD)
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    (downloads / "tiny.zip").write_bytes(GOOD[:-1])
    assert "no connection" in refused(tmp_path / "folder")


def test_a_wrong_checksum_leaves_nothing(serve, register, tmp_path, downloads):
    register(serve(GOOD + b"x").url())
    message = refused(tmp_path / "folder")
    assert "another file than expected (wrong checksum), thrown away" in message
    assert f"put it at {downloads / 'tiny.zip'}, it will be verified" in message
    assert kept(downloads) == []
    assert not (tmp_path / "folder").exists()


def test_a_cut_connection_goes_on_where_it_was(serve, register, tmp_path, downloads):
    server = serve()
    server.cut = [98_304, 49_152]
    register(server.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert server.ranges_asked() == [None, "bytes=98304-", "bytes=147456-"]
    assert server.asked[1][1]["If-Range"] == '"one"'
    assert kept(downloads) == ["tiny.zip"]


def test_a_connection_that_breaks_for_good_leaves_its_part_for_the_next_call(
    serve, register, tmp_path, downloads
):
    server = serve()
    server.cut = [98_304, 0, 0]
    register(server.url())
    message = refused(tmp_path / "folder")
    assert "the connection broke off again and again; what has come is kept" in message
    assert (downloads / "tiny.zip.part").read_bytes() == GOOD[:98_304]
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert server.ranges_asked()[-1] == "bytes=98304-"


def test_tries_are_counted_anew_whenever_something_has_come(serve, register, tmp_path):
    server = serve()
    server.cut = [98_304, 0, 49_152, 0, 16_384, 0]  # twice in a row at most nothing comes
    register(server.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")


def test_a_server_without_ranges_starts_anew(serve, register, tmp_path):
    server = serve()
    server.ranges = False
    server.cut = [98_304]
    register(server.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert len(server.asked) == 2


def test_a_file_that_changed_in_between_starts_anew(serve, register, tmp_path, downloads):
    old = serve(b"an older version" * 9999)
    old.cut = [81_920, 0, 0]
    register(old.url())
    refused(tmp_path / "folder")
    new = serve()
    new.etag = '"two"'
    register(new.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert [headers["If-Range"] for _, headers in new.asked] == ['"one"']


def test_a_part_of_another_file_is_noticed_even_without_a_version(
    serve, register, tmp_path, downloads
):
    downloads.mkdir(parents=True)
    (downloads / "tiny.zip.part").write_bytes(b"x" * 1000)
    server = serve()
    server.etag = ""
    register(server.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert server.ranges_asked() == ["bytes=1000-", None]


def test_a_part_that_is_complete_or_too_long(serve, register, tmp_path, downloads):
    server = serve()
    register(server.url())
    downloads.mkdir(parents=True)
    (downloads / "tiny.zip.part").write_bytes(GOOD)
    fetch("tiny", tmp_path / "one")
    complete(tmp_path / "one")
    assert server.ranges_asked() == [f"bytes={len(GOOD)}-"]
    (downloads / "tiny.zip").rename(downloads / "tiny.zip.part")
    with (downloads / "tiny.zip.part").open("ab") as part:
        part.write(b"too much")
    fetch("tiny", tmp_path / "two")
    complete(tmp_path / "two")


def test_a_server_that_sends_another_part_than_asked_for(serve, register, tmp_path):
    server = serve()
    server.cut, server.shift = [98_304], 7
    register(server.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert server.ranges_asked() == [None, "bytes=98304-", None]


def test_a_server_that_is_busy_is_asked_again(serve, register, tmp_path):
    server = serve()
    server.statuses = [503, 500]
    register(server.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")


def test_not_found_is_said_at_once(serve, register, tmp_path):
    server = serve()
    server.statuses = [404]
    register(server.url())
    assert f"{server.url()}: not found there (404)" in refused(tmp_path / "folder")
    assert len(server.asked) == 1


def test_no_network(register, tmp_path):
    register("http://127.0.0.1:9/tiny.zip")
    message = refused(tmp_path / "folder")
    assert "http://127.0.0.1:9/tiny.zip: no connection (is there a network?)" in message


def test_a_certificate_that_is_not_valid_is_explained(serve, register, tmp_path, downloads):
    server = serve()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("localhost.pem"))
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.scheme = "https"
    register(server.url())
    message = refused(tmp_path / "folder")
    assert "certificate isn't valid (the publisher's lapses at times" in message
    assert "set RECSYS_COURSE_MIRROR to an address that has tiny.zip" in message
    assert f"get tiny.zip by hand and put it at {downloads / 'tiny.zip'}" in message
    assert server.asked == []


def test_the_next_address_is_tried(serve, register, tmp_path):
    lacking, wrong, right = serve(), serve(b"something else"), serve()
    lacking.statuses = [404]
    register(lacking.url(), wrong.url(), right.url())
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert [len(server.asked) for server in (lacking, wrong, right)] == [1, 1, 1]


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_mirror_of_the_environment_comes_first(serve, register, tmp_path, monkeypatch, slash):
    mirror, publisher = serve(), serve()
    monkeypatch.setenv("RECSYS_COURSE_MIRROR", mirror.url("copies") + slash)
    register(publisher.url())
    fetch("tiny", tmp_path / "folder")
    assert [path for path, _ in mirror.asked] == ["/copies/tiny.zip"]
    assert publisher.asked == []


def test_an_interruption_keeps_what_has_come(serve, register, tmp_path, downloads, monkeypatch):
    server = serve()
    register(server.url())

    class Impatient(tqdm.tqdm):
        def update(self, _=1):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tqdm, "tqdm", Impatient)
        with pytest.raises(KeyboardInterrupt):
            fetch("tiny", tmp_path / "folder")
    part = (downloads / "tiny.zip.part").read_bytes()
    assert 0 < len(part) < len(GOOD)
    assert GOOD.startswith(part)
    assert not (tmp_path / "folder").exists()
    fetch("tiny", tmp_path / "folder")
    complete(tmp_path / "folder")
    assert server.ranges_asked() == [None, f"bytes={len(part)}-"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_full_disk(serve, register, tmp_path, downloads):
    downloads.mkdir(parents=True)
    (downloads / "tiny.zip.part").symlink_to("/dev/full")
    register(serve().url())
    assert "the disk is full; tiny is 1 MB packed" in refused(tmp_path / "folder")


def test_a_full_disk_while_unpacking_leaves_nothing(serve, register, tmp_path, monkeypatch):
    register(serve().url())

    def full(*_):
        raise OSError(28, "No space left on device", "u.data")

    monkeypatch.setattr("shutil.copyfileobj", full)
    assert "u.data: the disk is full" in refused(tmp_path / "folder")
    assert kept(tmp_path / "folder") == []


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "C:/evil", "..\\evil"])
def test_an_archive_can_not_write_outside_its_folder(serve, register, tmp_path, name):
    content = archive({"u.data": RATINGS, "u.item": ITEM, name: "evil"})
    register(serve(content).url(), content=content)
    assert "would write outside its folder" in refused(tmp_path / "deep" / "folder")
    assert not list(tmp_path.rglob("*evil*"))
    assert kept(tmp_path / "deep" / "folder") == []


def test_an_archive_without_a_folder_inside(serve, register, tmp_path):
    content = archive({"u.data": RATINGS.rstrip("\n"), "u.item": ITEM, "more/u.user": ""})
    register(serve(content).url(), content=content)
    fetch("tiny", tmp_path / "folder")
    assert kept(tmp_path / "folder") == ["more", "u.data", "u.item"]


def test_rows_that_are_missing_are_counted(serve, register, tmp_path):
    register(serve().url(), rows={"u.data": 20_001})
    message = refused(tmp_path / "folder")
    assert "u.data in it has 20,000 rows, tiny is known to have 20,001" in message
    assert kept(tmp_path / "folder") == []


def test_a_header_is_no_row(serve, register, tmp_path):
    content = archive({"ratings.csv": "userId,movieId,rating,timestamp\n1,10,4.0,964982703\n"})
    register(serve(content).url(), content=content, rows={"ratings.csv": 1})
    assert len(load_views(fetch("tiny", tmp_path / "folder"))) == 1


def test_a_file_that_is_missing_in_the_archive(serve, register, tmp_path):
    register(serve().url(), rows={"ratings.csv": 1})
    assert "holds no ratings.csv, which tiny should have" in refused(tmp_path / "folder")


def test_a_folder_with_another_data_set_is_left_alone(serve, register, ivi):
    server = serve()
    register(server.url())
    folder = ivi()
    before = kept(folder)
    expected = f"{folder}: content_views.csv.gz of ivi is there; give another folder for tiny"
    assert refused(folder) == expected
    assert kept(folder) == before
    path = folder / "content_views.csv.gz"
    assert refused(path) == f"{path}: a file; give a folder for tiny"
    assert server.asked == []


def test_an_unknown_name():
    with pytest.raises(DataError, match="no public data set 'ml-1M'; did you mean ml-1m"):
        fetch("ml-1M", "nowhere")


def test_checksums_of_well_known_contents(tmp_path):
    path = tmp_path / "hello"
    path.write_bytes(b"hello\n")
    # what `git hash-object` and `sha256sum` print
    blob = "ce013625030ba8dba906f756967f9e9ca394464a"
    digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert matches(path, f"git:{blob}")
    assert matches(path, f"sha256:{digest}")
    path.write_bytes(b"hello!\n")
    assert not matches(path, f"git:{blob}")
    assert not matches(path, f"sha256:{digest}")


def test_every_public_data_set_has_a_checksum_terms_and_a_known_number_of_rows():
    kinds = {"sha256": 64, "git": 40}
    for name, data in public.PUBLIC.items():
        kind, digits = data.checksum.split(":")
        assert re.fullmatch(f"[0-9a-f]{{{kinds[kind]}}}", digits), name
        assert data.terms
        assert min(data.rows.values()) > 1000
        assert data.addresses[0].startswith("https://")
    assert len({data.checksum for data in public.PUBLIC.values()}) == len(public.PUBLIC)
