"""The factory's texts are read like any other."""

from mailward.config.factory import BUILT_IN, BUILT_IN_94, FACTORY
from tests.unit.config.kit import taken

DEFAULT_MAP = """\
policy-map type inspect esmtp _default_esmtp_map
 description Default ESMTP policy-map
 parameters
  mask-banner
 match cmd line length gt 512~
  drop-connection log
 match cmd RCPT count gt 100~
  drop-connection log
 match body line length gt 998~
  log
 match header line length gt 998~
  drop-connection log
 match sender-address length gt 320~
  drop-connection log
 match MIME filename length gt 255~
  drop-connection log
 match ehlo-reply-parameter others~
  mask
""".replace("~", " ")


def test_the_default_map() -> None:
    """Word for word what the appliance prints."""
    running = taken(BUILT_IN)

    assert running.errors == []
    assert DEFAULT_MAP in running.render()


def test_the_default_map_since_9_4() -> None:
    """It allows TLS, and is the same in all else."""
    running = taken(BUILT_IN_94)

    assert running.errors == []
    assert running.render() == taken(BUILT_IN).render().replace(
        "  mask-banner\n", "  mask-banner\n  allow-tls\n"
    )


def test_the_factory_renders_as_it_stands() -> None:
    """But for the blanks behind `inspect`, text in is text out."""
    rendered = taken(FACTORY).render()

    assert [line.rstrip() for line in rendered.splitlines()] == FACTORY.splitlines()
    assert "  inspect esmtp \n" in rendered
