"""scrapli before its rewrite, with its community's driver; says what it saw."""

import asyncio
import json
import sys

from scrapli import AsyncScrapli


async def work() -> dict[str, str]:
    """Open, enable, read, configure, save, read back."""
    link = AsyncScrapli(
        platform="cisco_asa",
        host="127.0.0.1",
        port=int(sys.argv[1]),
        auth_username="admin",
        auth_password="cisco",
        auth_secondary="sesame",
        auth_strict_key=False,
        transport="asyncssh",
    )
    await link.open()
    said = {"prompt": await link.get_prompt()}
    lines = sys.argv[2].splitlines()
    for name in ("first", "second"):
        done = await link.send_configs(lines, stop_on_failed=True)
        said[name] = str(done.failed)
        said[f"{name} running"] = (await link.send_command("show run")).result
    said["saved"] = (await link.send_command("write memory")).result
    said["wrong"] = str((await link.send_command("show frobnication")).failed)
    await link.close()
    return said


sys.stdout.write(json.dumps(asyncio.run(work())) + "\n")
