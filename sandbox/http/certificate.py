"""The sandbox's own certificate authority and its certificate for 127.0.0.1 and localhost.

Made at the first start, kept beside the state, so that a client configured with the CA file stays configured.
"""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID = timedelta(days=365)
_LEFT = timedelta(days=7)


@dataclass(frozen=True)
class Certificate:
    """`authority` is the file a client trusts; `chain` holds the server's certificate and its key."""

    authority: Path
    chain: Path

    def context(self) -> ssl.SSLContext:
        """A TLS context for a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


def in_directory(directory: Path) -> Certificate:
    """The certificate kept in this directory, made anew when absent or about to end. Raises OSError."""
    certificate = Certificate(directory / "sandbox-ca.pem", directory / "sandbox-server.pem")
    if not _is_good(certificate):
        directory.mkdir(parents=True, exist_ok=True)
        _make(certificate)
    return certificate


def _is_good(certificate: Certificate) -> bool:
    try:
        authority = x509.load_pem_x509_certificate(certificate.authority.read_bytes())
        server = x509.load_pem_x509_certificate(certificate.chain.read_bytes())
        server.verify_directly_issued_by(authority)
    except (OSError, ValueError, TypeError):
        return False
    return datetime.now(UTC) + _LEFT < server.not_valid_after_utc


def _make(certificate: Certificate) -> None:
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Slipway sandbox CA")])
    authority = (
        _builder(ca_name, ca_name, ca_key.public_key(), signer=ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    server = (
        _builder(name, ca_name, key.public_key(), signer=ca_key.public_key())
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(certificate, authority=authority, server=server, key=key)


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, signer: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _write(
    certificate: Certificate, *, authority: x509.Certificate, server: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> None:
    """The key is readable by its owner only; it is worth nothing beyond this machine."""
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate.chain.touch(mode=0o600)
    certificate.chain.write_bytes(server.public_bytes(pem) + secret)
    certificate.authority.write_bytes(authority.public_bytes(pem))
