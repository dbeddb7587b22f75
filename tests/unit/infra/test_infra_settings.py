from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from esign.infra.secret import Secret
from esign.infra.settings import TlsSettings, load_settings
from esign.infra.settings_reader import SettingsRefused


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "esign.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def problems(environment: dict[str, str], config: Path | None = None) -> list[str]:
    with pytest.raises(SettingsRefused) as caught:
        load_settings(environment, config)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return str(caught.value).splitlines()


def test_without_settings_the_service_is_whole_on_one_machine() -> None:
    settings = load_settings({})
    assert settings.mode == "test"
    assert settings.database.is_sqlite
    assert settings.database.url.reveal() == f"sqlite:///{Path('esign-data/esign.db').absolute()}"
    assert (settings.blobs.folder, settings.blobs.bucket) == (Path("esign-data/blobs"), None)
    assert settings.authority.folder == Path("esign-data/authority")
    assert settings.keys == Path("esign-data-keys").resolve()  # beside the data: no backup of data holds them
    assert settings.notifications.channel == "outbox"
    embedded = ("embedded-authority", "embedded-timestamps", "identity-not-verified", "face-quality-only")
    assert settings.stand_ins == (*embedded, "outbox")


def test_the_data_folder_moves_everything_that_was_not_placed(tmp_path: Path) -> None:
    settings = load_settings({"ESIGN_DATA": str(tmp_path), "ESIGN_KEYS_FOLDER": "/elsewhere/keys"})
    assert settings.blobs.folder == tmp_path / "blobs"
    assert settings.keys == Path("/elsewhere/keys")


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    config = written(
        tmp_path, "mode = 'live'\npublic_url = 'https://sign.example/'\n[http]\nport = 9000\nthreads = 4\n"
    )
    settings = load_settings({"ESIGN_CONFIG": str(config), "ESIGN_HTTP_PORT": "9001"})
    assert (settings.mode, settings.http.port, settings.http.threads) == ("live", 9001, 4)
    assert settings.public_url == "https://sign.example"


def test_how_well_signers_must_be_known_is_nobodys_choice_until_somebody_makes_it() -> None:
    assert load_settings({}).identity_levels == ()
    chosen = load_settings({"ESIGN_IDENTITY_LEVELS": "three-factor, two-factor"})
    assert chosen.identity_levels == ("three-factor", "two-factor")
    for wrong in ("Three Factor", "two-factor,two-factor", "姓名"):
        assert any("identity.levels is no list of codes" in one for one in problems({"ESIGN_IDENTITY_LEVELS": wrong}))


def test_a_path_in_the_file_is_relative_to_the_file(tmp_path: Path) -> None:
    config = written(tmp_path, "data = 'store'\n")
    assert load_settings({}, config).data == tmp_path / "store"
    assert load_settings({"ESIGN_DATA": "store"}, config).data == Path("store")


def test_a_setting_nobody_knows_is_refused_with_the_nearest_known_name(tmp_path: Path) -> None:
    config = written(tmp_path, "[databse]\nurl = 'sqlite:///x'\n[http]\nzzzzqqqq = 1\n")
    found = problems({"ESIGN_HTTP_PROT": "1"}, config)
    assert f"{config}: databse.url is not a setting; did you mean database.url?" in found
    assert f"{config}: http.zzzzqqqq is not a setting; remove it; the operations manual lists all settings" in found
    assert "ESIGN_HTTP_PROT is not a setting; did you mean ESIGN_HTTP_PORT?" in found


def test_variables_of_other_commands_are_no_settings_and_no_problem() -> None:
    load_settings({"ESIGN_CA": "x", "ESIGN_CA_PASSPHRASE": "x", "ESIGN_FONT": "x", "HOME": "/", "ESIGN_CONFIG": ""})


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("MODE", "production", "test, live"),
        ("HTTP_PORT", "0", "1 to 65535"),
        ("HTTP_PORT", "٣", "1 to 65535"),
        ("HTTP_THREADS", "many", "1 to 64"),
        ("HTTP_HOST", "example.com", "IP address"),
        ("PUBLIC_URL", "ftp://x", "web address"),
        ("PUBLIC_URL", "https://[", "web address"),
        ("PUBLIC_URL", "https://u:p@host", "user"),
        ("DATABASE_URL", "mysql://root:hush@host/x", "neither SQLite nor PostgreSQL"),
        ("BLOBS_BUCKET", "Not_a_bucket", "name of a bucket"),
        ("BLOBS_ACCESS_KEY_ID", "hush", "go together"),
        ("NOTIFICATIONS_CHANNEL", "apprise", "notifications.urls"),
        ("OUTGOING_ALLOW", "inside:443,nowhere", "number 2"),
        ("WEBHOOKS_ALLOW", "inside:443,nowhere", "number 2"),
        ("KEYS_FOLDER", "esign-data", "in the data folder"),
        ("KEYS_FOLDER", "x/../esign-data/keys", "in the data folder"),
        ("DATA", "", "is no path"),
        ("LOGS_LEVEL", "loud", "debug, info"),
    ],
)
def test_a_wrong_value_is_named_and_not_quoted(variable: str, value: str, says: str) -> None:
    (line,) = problems({f"ESIGN_{variable}": value})
    assert says in line
    assert "hush" not in line


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    config = written(tmp_path, "mode = 3\n[http]\nport = true\n[blobs]\nfolder = []\n")
    assert len(problems({"ESIGN_HTTP_THREADS": "0", "ESIGN_WHAT": "x"}, config)) == 5


@pytest.mark.parametrize(
    ("environment", "policy"),
    [
        ({}, "insurance-contract-test"),
        ({"ESIGN_MODE": "live", "ESIGN_PUBLIC_URL": "https://sign.example"}, "insurance-contract"),
        ({"ESIGN_ACCEPTANCE_POLICY": "./counter.toml"}, "./counter.toml"),
    ],
)
def test_files_are_judged_ours_by_the_policy_of_the_mode_unless_another_is_named(
    environment: dict[str, str], policy: str
) -> None:
    assert load_settings(environment).acceptance_policy == policy


def test_live_mode_needs_https() -> None:
    (line,) = problems({"ESIGN_MODE": "live"})
    assert line.startswith("public_url is not https in live mode")


@pytest.mark.parametrize("text", ["mode = ", "\udcff", "a = " + "[" * 5000], ids=["cut", "bytes", "deep"])
def test_a_file_that_is_not_toml_is_one_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "esign.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    (line,) = problems({}, path)
    assert "is not TOML" in line


def test_a_file_that_is_missing_or_too_large_is_one_problem(tmp_path: Path) -> None:
    (line,) = problems({"ESIGN_CONFIG": str(tmp_path / "missing.toml")})
    assert "cannot be read" in line
    (line,) = problems({}, written(tmp_path, "#" * 300_000))
    assert "larger than any" in line


def test_a_secret_can_come_from_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text("correct horse\n")
    config = written(tmp_path, "[authority]\npassphrase_file = 'passphrase'\n")
    assert load_settings({}, config).authority.passphrase == Secret("correct horse")


def test_a_secret_given_twice_or_in_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    name = "ESIGN_AUTHORITY_PASSPHRASE"
    assert "given twice" in problems({name: "hush", f"{name}_FILE": "x"})[0]
    assert "cannot be read" in problems({f"{name}_FILE": str(tmp_path / "missing")})[0]
    (tmp_path / "empty").write_text("\n")
    assert "empty or too large" in problems({f"{name}_FILE": str(tmp_path / "empty")})[0]


def test_a_secret_in_a_file_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    text = "[database]\nurl = 'postgresql://esign:hush@host/esign'\n"
    (line,) = problems({}, written(tmp_path, text, 0o644))
    assert "everybody may read" in line
    assert load_settings({}, written(tmp_path, text)).database.is_sqlite is False


def test_secrets_do_not_show() -> None:
    settings = load_settings({"ESIGN_DATABASE_URL": "postgresql://esign:hush@host/esign"})
    secret = settings.database.url
    assert "hush" not in repr(settings)
    assert "hush" not in f"{secret} {secret!r} {secret:>40}"
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(secret)


def test_notification_urls_are_one_on_a_line() -> None:
    settings = load_settings(
        {"ESIGN_NOTIFICATIONS_CHANNEL": "apprise", "ESIGN_NOTIFICATIONS_URLS": "mailto://a\n\nx://b\n"}
    )
    assert [url.reveal() for url in settings.notifications.channels] == ["mailto://a", "x://b"]
    assert "outbox" not in settings.stand_ins


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "http://127.0.0.1:8320"),
        ({"ESIGN_HTTP_PORT": "9001"}, "http://127.0.0.1:9001"),
        ({"ESIGN_HTTP_HOST": "0.0.0.0"}, "http://127.0.0.1:8320"),  # noqa: S104  # read, not listened on
        ({"ESIGN_HTTP_HOST": "::1"}, "http://[::1]:8320"),
        ({"ESIGN_HTTP_PORT": "9001", "ESIGN_PUBLIC_URL": "https://sign.example/"}, "https://sign.example"),
    ],
)
def test_links_begin_with_where_the_service_is_reached(environment: dict[str, str], url: str) -> None:
    assert load_settings(environment).public_url == url


def test_https_is_off_made_by_the_embedded_authority_or_of_files(tmp_path: Path) -> None:
    assert load_settings({}).http.tls is None
    embedded = load_settings({"ESIGN_HTTP_TLS": "embedded", "ESIGN_KEYS_FOLDER": str(tmp_path / "keys")})
    assert embedded.http.tls == TlsSettings(
        tmp_path / "keys/server-certificate.pem", tmp_path / "keys/server-key.pem", embedded=True
    )
    assert embedded.public_url == "https://127.0.0.1:8320"
    assert not embedded.strict_transport
    named = {"ESIGN_HTTP_TLS": "files", "ESIGN_HTTP_CERTIFICATE": "c.pem", "ESIGN_HTTP_KEY": "k.pem"}
    found = load_settings(named)
    assert found.http.tls == TlsSettings(Path("c.pem"), Path("k.pem"), embedded=False)
    assert found.strict_transport


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"HTTP_TLS": "files"}, "http.tls is files without"),
        ({"HTTP_TLS": "files", "HTTP_KEY": "k.pem"}, "http.tls is files without"),
        ({"HTTP_KEY": "k.pem"}, "http.tls is not files"),
        ({"HTTP_TLS": "embedded", "MODE": "live", "PUBLIC_URL": "https://sign.example"}, "embedded in live mode"),
        (
            {
                **{"HTTP_TLS": "files", "HTTP_CERTIFICATE": "c.pem", "HTTP_KEY": "k.pem"},
                **{"MODE": "live", "PUBLIC_URL": "https://sign.example"},
            },
            "files in live mode",
        ),
    ],
)
def test_https_that_cannot_be_meant_is_refused(environment: dict[str, str], says: str) -> None:
    (line,) = problems({f"ESIGN_{name}": value for name, value in environment.items()})
    assert says in line


@pytest.mark.parametrize("name", ["ESIGN_WORKERS", "ESIGN_HTTP_PROCESSES"])
def test_sqlite_is_served_by_one_process_of_each_kind(name: str) -> None:
    (problem,) = problems({name: "2"})
    assert "SQLite" in problem
    assert load_settings({name: "2", "ESIGN_DATABASE_URL": "postgresql://esign@db/esign"})
