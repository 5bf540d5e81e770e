"""Ed25519 keys: a private one in a file that its owner alone can read, a public one as a line of the roster."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_rules.evidence.pack import canonical, sync
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.refusal import reason, unwritable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "ed25519:"
OTHERS = 0o077
"""What group and others may do with a file."""


def new_key(path: Path) -> str:
    """Write a new private key that its owner alone can read, and return the public one as the roster holds it.

    Raises:
        UsageError: KR501 the file exists already, KR502 it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    told = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(told)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(part)
        sync(path.parent)
    except FileExistsError:
        message = "this file exists already: a key that has signed is not written over"
        raise UsageError(Finding("KR501", message, Where(str(path)), "choose another name")) from None
    except OSError as error:
        raise unwritable(error, path) from None
    finally:
        part.unlink(missing_ok=True)
    return public(key)


def read_key(path: Path) -> Ed25519PrivateKey:
    """Return a private key.

    Raises:
        UsageError: KR892 it cannot be read, is no Ed25519 key, or others can read it.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    where = Where(str(path))
    try:
        if os.name == "posix" and path.stat().st_mode & OTHERS:
            fix = f"chmod 600 {path}; if somebody may have copied it, make a new key"
            raise UsageError(Finding("KR892", "others can read this key, so others can sign with it", where, fix))
        key = form.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        message = f"cannot read this key: {reason(error)}"
        raise UsageError(Finding("KR892", message, where, f"check the name, or make one: kam-rules sign --new-key {path}")) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError(Finding("KR892", "this is no private key", where, "name the file that kam-rules sign --new-key wrote")) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(Finding("KR892", "this is no Ed25519 key", where, "name the file that kam-rules sign --new-key wrote"))
    return key


def public(key: Ed25519PrivateKey) -> str:
    """Return the public key as the roster holds it."""
    return PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(key: Ed25519PrivateKey, statement: dict[str, Any]) -> str:
    """Return the signature of a statement in its one spelling."""
    return base64.b64encode(key.sign(canonical(statement))).decode()


def is_public(text: str) -> bool:
    """Tell whether a text is a public key as the roster holds it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(text.removeprefix(PREFIX), validate=True))
    except ValueError:
        return False
    return text.startswith(PREFIX)


def holds(public_key: str, statement: dict[str, Any], signature: str) -> bool:
    """Tell whether a signature is that of a statement by a key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix(PREFIX), validate=True))
        key.verify(base64.b64decode(signature, validate=True), canonical(statement))
    except (ValueError, InvalidSignature):
        return False
    return True
