"""Builds what the compiled build has in C, beside what mypyc makes of Python.

Called by: hatchling, where the hook is asked for (`scripts/compiled`).
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension

SOURCES = {
    "mailward._octets": "src/mailward/_octets.c",
    "mailward.drivers._wire": "src/mailward/drivers/_wire.c",
}


class CustomBuildHook(BuildHookInterface[Any]):
    """Each source becomes the module of its name."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """See hatchling."""
        extensions = [
            Extension(name, [str(Path(self.root, source))], extra_compile_args=["-O3"])
            for name, source in SOURCES.items()
        ]
        made = str(Path(self.root, "build"))
        command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
        command.build_lib = made
        command.build_temp = made
        command.ensure_finalized()
        command.run()
        for name in SOURCES:
            file = Path(command.get_ext_fullpath(name))
            inside = Path(*name.split(".")).with_name(file.name)
            build_data["force_include"][str(file)] = str(inside)
        build_data["infer_tag"] = True
        build_data["pure_python"] = False
