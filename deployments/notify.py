"""Tell somebody without Prefect's cloud: GIVETAKE_NOTIFY=https://… python -m deployments.notify > mine.yaml

The address is a webhook that takes {"text": …}, as those of Mattermost, Slack, Rocket.Chat or of a program of your own do. It is
kept, encrypted, as a block of your Prefect server (PREFECT_API_URL), and the automations are printed with the id of that block.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from prefect.blocks.notifications import CustomWebhookNotificationBlock

NOBODY = "00000000-0000-0000-0000-000000000000"


def main() -> None:
    """Save the block; print automations.yaml with its id."""
    address = os.environ.get("GIVETAKE_NOTIFY")
    if not address:
        sys.exit("GIVETAKE_NOTIFY — not set — the address of a webhook, as https://chat.example.org/hooks/…")
    block = CustomWebhookNotificationBlock(
        name="givetake", url="{{address}}", secrets={"address": address}, json_data={"text": "{{subject}}: {{body}}"}
    )
    named = block.save("givetake", overwrite=True)
    print(Path(__file__).with_name("automations.yaml").read_text().replace(NOBODY, str(named)), end="")


if __name__ == "__main__":
    main()
