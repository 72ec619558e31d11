"""`policy-map`, `class`, `inspect`, `service-policy`."""

from tests.unit.config.kit import mistakes, taken, told

TEXT = """\
policy-map p
 description d
 class c
  inspect dns preset_dns_map~
  inspect esmtp m~
  inspect ftp~
  set connection timeout idle 1:00:00
  service-policy inner
 class class-default
  inspect esmtp~
!
service-policy p global
service-policy p interface outside fail-close
""".replace("~", " ")


def test_printed() -> None:
    """As the appliance prints it, other inspections among ours."""
    running = taken(TEXT)

    assert running.render() == TEXT
    assert running.counts.kept == 4


def test_the_inner_policy_does_not_take_the_outer_line() -> None:
    """`service-policy` typed behind a class puts the policy in force."""
    text = "policy-map p\nclass c\nservice-policy p global\n"

    assert (
        taken(text).render() == "policy-map p\n class c\n!\nservice-policy p global\n"
    )


def test_no_service_policy() -> None:
    """It is removed by its place."""
    assert (
        "fail-close"
        not in taken(f"{TEXT}no service-policy p interface outside\n").render()
    )


def test_a_misspelt_protocol() -> None:
    """It is a mistake: mail would pass uninspected."""
    (inspect,) = mistakes("policy-map p\nclass class-default\ninspect emstp\n")
    (described,) = mistakes("policy-map type inspect emstp m\n")

    assert (inspect.line, inspect.column) == (3, 9)
    assert (described.line, described.column) == (1, 25)


def test_places() -> None:
    """Global or an interface, nothing else."""
    assert told(mistakes("policy-map p\nservice-policy p everywhere\n")) == [
        (2, 18, '"everywhere" may not stand here')
    ]
