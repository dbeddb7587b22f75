"""Settings as they are written: a TOML file, and over it the environment. Every problem is found before any is told.

`database.url` is `url` under `[database]` in the file and `ESIGN_DATABASE_URL` in the environment. A secret may also
be in a file of its own, named by `<setting>_file`.
"""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from esign.infra.errors import ConfigurationError
from esign.infra.secret import Secret

PREFIX = "ESIGN_"
# Variables with this prefix that are no settings of the service: where the file is, and what `esign sign` and
# `esign listen` read.
OTHER_VARIABLES = frozenset({"ESIGN_API_KEY", "ESIGN_CA", "ESIGN_CA_PASSPHRASE", "ESIGN_CONFIG", "ESIGN_FONT"})
FILE_BYTES_AT_MOST = 256 * 1024
SECRET_BYTES_AT_MOST = 64 * 1024

T = TypeVar("T")


class SettingsReader:
    """Takes settings by name and type. A problem is noted, the default stands in, and `finish` tells all of them."""

    def __init__(self, environment: Mapping[str, str], config: Path | None) -> None:
        self.problems: list[ConfigurationError] = []
        self._environment = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
        self._config = config
        self._file: dict[str, object] = {}
        self._exposed = False
        self._known: set[str] = set()
        if config is not None:
            self._read_file(config)

    def text(self, name: str, default: str, *, check: Callable[[str], str | None] | None = None) -> str:
        """Take a text. `check` returns what is wrong with it, or None."""
        written = self._take(name)
        if written is None:
            return default
        value, source = written
        if not isinstance(value, str) or not value.strip():
            return self._wrong(source, "is no text", "write a text, in quotes in the file", default)
        if check is not None and (complaint := check(value)) is not None:
            return self._wrong(source, complaint, "see the operations manual for its form", default)
        return value

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        written = self._take(name)
        if written is None:
            return default
        value, source = written
        if value not in choices:
            return self._wrong(source, "is none of its choices", f"write one of {', '.join(choices)}", default)
        return str(value)

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """Take a whole number from `least` to `most`."""
        written = self._take(name)
        if written is None:
            return default
        value, source = written
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            return self._wrong(source, "is out of range", f"write a whole number from {least} to {most}", default)
        return value

    def path(self, name: str, default: Path) -> Path:
        """Take a path. In the file it is relative to the file's folder, in the environment to the working folder."""
        written = self._take(name)
        if written is None:
            return default
        value, source = written
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            return self._wrong(source, "is no path", "write the path as a text", default)
        base = self._config.parent if self._config is not None and not source.startswith(PREFIX) else Path()
        return base / Path(value).expanduser()

    def texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts: an array in the file, separated by commas in the environment."""
        written = self._take(name)
        if written is None:
            return ()
        value, source = written
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if not isinstance(value, list) or not all(isinstance(part, str) and part for part in value):
            return self._wrong(source, "is no list of texts", 'write ["one", "two"] in the file', ())
        return tuple(value)

    def secret(self, name: str) -> Secret | None:
        """Take a secret: its text, or the content of the file that `<name>_file` names, without the line's end."""
        written, beside = self._take(name), self._take(f"{name}_file")
        if written is not None and beside is not None:
            return self._wrong(written[1], f"is given twice, here and by {beside[1]}", "leave one of them out", None)
        if beside is not None:
            return self._secret_in(self.path(f"{name}_file", Path()), beside[1])
        if written is None:
            return None
        value, source = written
        if not isinstance(value, str) or not value:
            return self._wrong(source, "is no text", "write a text, in quotes in the file", None)
        if self._exposed and not source.startswith(PREFIX):
            return self._wrong(source, "is a secret in a file that everybody may read", "chmod o-rwx the file", None)
        return Secret(value)

    def finish(self) -> None:
        """Raise `SettingsRefused` if there was any problem, or a setting that nobody took."""
        variables = {variable_of(name): name for name in self._known}
        for name in sorted(set(self._file) - self._known):
            self._unknown(f"{self._config}: {name}", name, self._known)
        for name in sorted(set(self._environment) - set(variables) - OTHER_VARIABLES):
            self._unknown(name, name, set(variables) | OTHER_VARIABLES)
        if self.problems:
            raise SettingsRefused(self.problems)

    def refuse(self, name: str, cause: str, cure: str) -> None:
        """Note a problem that shows only when several settings are seen together."""
        self.problems.append(ConfigurationError("setting-wrong", f"{name} {cause}", cure))

    def _take(self, name: str) -> tuple[object, str] | None:
        """Return the value and where it was written; the environment goes before the file."""
        self._known.add(name)
        if (variable := variable_of(name)) in self._environment:
            return self._environment[variable], variable
        if name in self._file:
            return self._file[name], f"{self._config}: {name}"
        return None

    def _wrong(self, source: str, cause: str, cure: str, default: T) -> T:
        self.problems.append(ConfigurationError("setting-wrong", f"{source} {cause}", cure))
        return default

    def _unknown(self, where: str, name: str, known: set[str]) -> None:
        near = difflib.get_close_matches(name, sorted(known), n=1)
        cure = f"did you mean {near[0]}?" if near else "remove it; the operations manual lists all settings"
        self.problems.append(ConfigurationError("setting-unknown", f"{where} is not a setting", cure))

    def _secret_in(self, path: Path, source: str) -> Secret | None:
        try:
            with path.open("rb") as file:
                content = file.read(SECRET_BYTES_AT_MOST + 1)
            text = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError):
            return self._wrong(source, "names a file that cannot be read as text", "check the path and its owner", None)
        if not text or len(content) > SECRET_BYTES_AT_MOST:
            return self._wrong(
                source, "names a file that is empty or too large", "write the secret alone into it", None
            )
        return Secret(text)

    def _read_file(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                data = file.read(FILE_BYTES_AT_MOST + 1)
                self._exposed = bool(stat.S_IMODE(os.fstat(file.fileno()).st_mode) & stat.S_IROTH)
            if len(data) > FILE_BYTES_AT_MOST:
                self._wrong(str(path), "is larger than any file of settings", "check the path", None)
                return
            content = tomllib.loads(data.decode("utf-8"))
        except OSError as error:
            self._wrong(str(path), f"cannot be read ({error.strerror})", "check the path and its owner", None)
        except tomllib.TOMLDecodeError as error:
            # Its text ends with the place and never quotes more than one character of the file.
            self._wrong(str(path), f"is not TOML: {error}", "mend that line", None)
        except (UnicodeDecodeError, RecursionError):
            self._wrong(str(path), "is not TOML in UTF-8", "write it anew as plain text", None)
        else:
            for section, value in content.items():
                if isinstance(value, dict):
                    self._file |= {f"{section}.{key}": inner for key, inner in value.items()}
                else:
                    self._file[section] = value


class SettingsRefused(ConfigurationError):
    """The settings have problems; `problems` has each, `str()` one line for each."""

    def __init__(self, problems: Sequence[ConfigurationError]) -> None:
        super().__init__("settings-refused", problems[0].cause, problems[0].cure)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def variable_of(name: str) -> str:
    """Return the environment variable of the setting."""
    return PREFIX + name.replace(".", "_").upper()
