"""What the demo's cases are about, and what is said on them."""

Subject = tuple[str, str]

# By vendor and by the level of a story: as many as there are stories of the level, in their order.
SUBJECTS: dict[str, tuple[tuple[Subject, ...], ...]] = {
    "metalogix": (
        (
            ("Migration stops at 40 %", "The job ends with a time-out at the archive site."),
            ("Version history is cut off", "Only the last ten versions are copied."),
            ("Report shows the wrong owner", "Every file seems to belong to the service account."),
            ("Page layouts look empty", "The text is there, but the pictures are missing."),
            ("Filter by date finds nothing", "It did until we changed the language of the site."),
            ("Log file fills the disk", "It grows by two gigabytes a day."),
            ("Links point to the old farm", "After the copy every second link leads back there."),
        ),
        (
            ("Copying is down to 2 MB a second", "A week ago it was forty times as fast."),
            ("Permissions are lost on copied lists", "Nobody but the owner can open them."),
            ("Scheduled jobs run twice", "Since the update every job starts twice at night."),
            ("Incremental copy takes everything", "It copies all files, whether changed or not."),
            ("Large lists are skipped", "Lists of more than 5,000 entries are left out."),
            ("Console ends while it loads", "It closes by itself once all sites are listed."),
        ),
        (("Production farm does not start", "After the patch the service ends at once."),),
        (("Please copy managed metadata", "We would like to take the term store along."),),
    ),
    "scalix": (
        (
            ("Mail queue grows and does not empty", "Since this morning it holds 4,000 messages."),
            ("Cannot add a Premium user", "The console says that no licence is left."),
            ("Web client is slow", "Opening a folder of 50,000 messages takes a minute."),
            ("Replies lose their attachments", "Only those that are written in the web client."),
            ("Search misses new mail", "What came since Monday is not found."),
            ("Out-of-office answers twice", "Everybody who writes to us gets two of them."),
            ("Mobile devices ask for the password", "Every few hours, and all of them at once."),
        ),
        (
            ("Why are meetings an hour early?", "Only for people who travel between offices."),
            ("Does the index take a night?", "It runs from ten to six, and then mail is slow."),
            ("What fills the message store?", "It grew by a fifth in a month, with no new users."),
            ("How do we move a mailbox?", "It is to go to the other server with all its rules."),
            ("Which ports does a relay need?", "Our firewall lets nothing through by itself."),
            ("Why are shared folders read-only?", "For half of the team, and since the update."),
        ),
        (("Server refuses every sign-in", "Nobody gets in since the certificate was renewed."),),
        (("Please add a shared address book", "One address book for two domains."),),
    ),
    "msp": (
        (
            ("Printer on the second floor", "It prints every page twice."),
            ("Shared folder is full", "The finance folder has no room left."),
            ("Meeting room display stays dark", "It worked yesterday; the cable looks fine."),
            ("Scanner sends no mail", "It says that it is done, but nothing arrives."),
            ("Calendar of a colleague is empty", "His phone shows everything, his desk nothing."),
            ("Browser warns of our own page", "Only on the laptops, and only in the office."),
            ("Telephone rings only once", "After that the caller hears that we are busy."),
        ),
        (
            ("Certificate ends soon", "The browser warns that ours ends in two weeks."),
            ("Backup of the file server failed", "It ended with an error on volume D."),
            ("Mail arrives an hour late", "Only from outside, and only since yesterday."),
            ("Remote access drops every hour", "For everybody who works from home."),
            ("Stock system is very slow", "Booking a delivery takes five minutes."),
            ("Second line is down", "We work over the first one, which is nearly full."),
        ),
        (("Site is off the network", "Nobody here reaches anything since ten minutes ago."),),
        (("Move the server room", "We would like to agree on a night for it."),),
    ),
    "datadynamics": (
        (
            ("Report counts shares twice", "Shares with two names appear twice."),
            ("Labels vanish after a rename", "Renaming a share removes its labels."),
            ("Summary mail is empty", "It comes every morning, without a single line."),
            ("Agent shows as offline", "It answers, and jobs run on it, but it is shown in red."),
            ("Filter forgets its dates", "They are back at the first of the month every time."),
            ("Export has the wrong separators", "Every number with a comma falls into two cells."),
            ("Owner of a share is unknown", "It names a number where the account stood before."),
        ),
        (
            ("Engine stops over night", "The service is gone every morning around four."),
            ("Replication policy skips files", "Files with long paths are missing."),
            ("Wrong totals on the dashboard", "The sum is half of what the filer says."),
            ("Migration loses time stamps", "Every file seems to be of the day of the copy."),
            ("Scan never ends", "It has been at 99 % since Thursday."),
            ("Access rights differ after a copy", "Whole groups are missing on the new filer."),
        ),
        (("Replication engine is down", "All jobs fail since the update."),),
        (("Wish: pause a job at night", "We would like to stop at ten and go on at six."),),
    ),
}

# What somebody says when a story comes to the verb; it has to fit every subject.
WORDS = {
    "reply": "Thank you for the details. We are looking for the cause and write again soon.",
    "ask": "Could you tell us since when it is so, and what exactly you see when it happens?",
    "customer": "It was the same again this morning, at about nine. Does that help you?",
    "work": "Went through the logs; one cause is ruled out, two are left.",
    "call": "Went through the settings together; the customer watches it until tomorrow.",
    "note": "A colleague has seen this before and knows whom to ask.",
    "resolve": "We have found the cause and put it right. Please try again, and tell us if "
    "anything is left.",
    "reopen": "It was fine for a few days, and now it is back exactly as before.",
    "praise": "Quick, and in words that I understood.",
    "complain": "It works now, but we heard nothing for days.",
    "raise": "More people are affected than we thought.",
    "pass_on": "Logs read, settings checked.",
    "triage": "Reviewed; enough to begin with.",
}

# The past: every thing has every trouble once.
PAST_THINGS: dict[str, tuple[str, ...]] = {
    "metalogix": ("Nightly job", "Archive", "Term store", "Web part", "Workflow", "Site copy"),
    "scalix": ("Calendar", "Address book", "Mail client", "Search", "Mobile sync", "Shared folder"),
    "msp": ("Printer", "Firewall", "Mail server", "Laptop", "Wireless", "Backup"),
    "datadynamics": ("Scan", "Dashboard", "Policy", "Tagging", "File copy", "Licence"),
}
PAST_TROUBLES = (
    "{thing}: slow since the update",
    "{thing}: stops with an error",
    "{thing}: settings are not kept",
)
PAST_BODY = "It has been so for some days. What do you need to know to look into it?"
