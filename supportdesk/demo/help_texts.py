"""What the demo's articles say. Their words are near the demo's cases, so that some are found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """An article of the demo; `added` is what its second version says more."""

    title: str
    summary: str
    body: str
    shelf: str
    audience: str = "customer"
    added: str = ""
    is_draft: bool = False


# Name, and what it stands below.
SHELVES = (
    ("First steps", ""),
    ("When something fails", ""),
    ("Speed", "When something fails"),
    ("For the desk", ""),
)

TRAININGS = {
    "metalogix": (
        "Planning a migration",
        "What to measure before the first copy, and what to leave behind.",
        "online",
    ),
    "scalix": ("Administration I", "Users, queues and backups, with time for questions.", "online"),
    "msp": (
        "Working safely from home",
        "For everybody, without any knowledge before.",
        "Room 2.14",
    ),
    "datadynamics": (
        "Policies for replication",
        "From the first share to a plan for the night.",
        "online",
    ),
}

ARTICLES = {
    "metalogix": (
        Told(
            "Migration stops with a time-out",
            "A job ends before its time: raise the limit, copy in smaller parts.",
            "A copy waits for the site that it reads. Where the site answers too late, the job "
            "ends with a time-out.\n\n## What to do\n\n1. Open *Settings › Connections*.\n"
            "2. Raise **Time-out** to `600` seconds.\n3. Start the job again: it goes on where it "
            "stopped.\n\n| Size of the site | Time-out |\n| --- | --- |\n| up to 10 GB | 300 |\n"
            "| up to 100 GB | 600 |\n| more | 1200 |",
            "When something fails",
            audience="public",
            added="## If that does not help\n\nCopy the site in parts, one library at a time, and "
            "send us the log of the first part that stops.",
        ),
        Told(
            "Scheduled jobs run twice",
            "Two schedules for one job: find the second one and remove it.",
            "After an update the old schedule may stay beside the new one, and the job starts for "
            "both.\n\n- Look into *Jobs › Schedules* for two lines with the same name.\n"
            "- Remove the older one.\n- Tonight's run shows whether it was that.",
            "When something fails",
        ),
        Told(
            "Reading the copy speed",
            "Where a slow copy waits, and how to tell.",
            "Compare the two figures that the log writes each minute:\n\n```\n"
            "read 41.2 MB/s\nwrite 2.1 MB/s\n```\n\nThe lower one is where the copy waits.",
            "Speed",
            audience="internal",
        ),
        Told(
            "Before the first copy",
            "A list to go through with the customer.",
            "- Which sites come along, and which are left behind?\n- Who may see what today?\n"
            "- When may it be slow?",
            "First steps",
            is_draft=True,
        ),
    ),
    "scalix": (
        Told(
            "Mail queue grows and does not empty",
            "What holds messages back, and how to let them go.",
            "Messages wait while one of the next servers does not take them.\n\n"
            "1. `omshowq` names the queue that grows.\n2. Look for the first message in it: it is "
            "often the one that all others wait for.\n3. Start the service of that queue again.",
            "When something fails",
            audience="public",
            added="## If that does not help\n\nSend us the last hour of the log, and tell us since "
            "when the queue grows.",
        ),
        Told(
            "Web client is slow in large folders",
            "Folders of more than 20,000 messages: sort them away, or let the index be built.",
            "The list is drawn from the index. While it is built, a large folder takes long.\n\n"
            "- Let it run over one night.\n- Keep fewer than **20,000 messages** in a folder.",
            "Speed",
        ),
        Told(
            "Which log to ask for",
            "The log by kind of trouble.",
            "Mail does not leave: the log of the relay. Nobody gets in: that of the directory.",
            "For the desk",
            audience="internal",
        ),
        Told(
            "Moving a mailbox to another server",
            "With its rules and its folders.",
            "Export it, import it, then move the address.",
            "First steps",
            is_draft=True,
        ),
    ),
    "msp": (
        Told(
            "Printer prints every page twice",
            "A setting of the driver, and how to take it back.",
            "Somebody has chosen two copies as the beginning of every job.\n\n1. Open *Printers*.\n"
            "2. Choose the printer, then *Preferences*.\n3. Set **Copies** to `1` and save.",
            "When something fails",
            added="## If that does not help\n\nTurn the printer off for a minute. Then report it "
            "with the number on its label.",
        ),
        Told(
            "Remote access drops every hour",
            "What to look at at home before you report it.",
            "- Does the radio network drop, too? Then go nearer to it, or take a cable.\n"
            "- Is it always after the same time? Then tell us that time: it is a limit of ours.",
            "When something fails",
        ),
        Told(
            "Who may reset which password",
            "Ask for the name and the number of staff.",
            "Passwords of administrators are reset by Level 2 alone.",
            "For the desk",
            audience="internal",
        ),
        Told(
            "Your first day",
            "What stands on the desk, and whom to ask.",
            "Laptop, telephone, badge: what is missing comes within the day.",
            "First steps",
            is_draft=True,
        ),
    ),
    "datadynamics": (
        Told(
            "Replication skips files with long paths",
            "Paths of more than 260 characters: let the engine use the long form.",
            "Without the long form the file system refuses to open such files, and they are left "
            "out.\n\n1. Open *Policies › Replication › Options*.\n2. Tick **Long paths**.\n"
            "3. Run the policy once more: what was left out is copied now.",
            "When something fails",
            audience="public",
            added="## If that does not help\n\nThe log names each file that was left out. Send us "
            "ten lines of it.",
        ),
        Told(
            "A scan that never ends",
            "Why it stays at 99 %, and how to find the folder it waits in.",
            "The last share is scanned to its end before the count is complete. A folder with "
            "millions of files looks like a stand-still.\n\n> The line *current folder* on the "
            "page of the scan tells where it is.",
            "Speed",
        ),
        Told(
            "Reading the log of the engine",
            "What the codes mean.",
            "`E17` is a lock of another program, `E42` a right that is missing.",
            "For the desk",
            audience="internal",
        ),
        Told(
            "Labels and how to keep them",
            "What renaming a share does.",
            "Labels hang on the name of a share. Rename it in the product, not on the filer.",
            "First steps",
            is_draft=True,
        ),
    ),
}
