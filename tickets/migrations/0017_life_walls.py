from django.db import migrations

from accounts.walls import InsertOnly, RaiseWalls, TieForeignKey


class Migration(migrations.Migration):
    dependencies = [("tickets", "0016_life_of_a_case")]

    operations = [
        RaiseWalls(
            "Attachment",
            "AttachmentDownload",
            "CaseLink",
            "CaseMerge",
            "CaseQuestion",
            "QuestionItem",
            "ContactAttempt",
            "Defect",
            "DiagnosticDrop",
            "FeatureRequest",
            "LevelRequest",
            "ActDraft",
            "CannedReply",
            "Tag",
            "CaseTag",
            "HeldAnswer",
            "Macro",
            "Presence",
            "SavedView",
            "TeamRoute",
        ),
        TieForeignKey("Case", "incident"),
        TieForeignKey("Case", "merged_into"),
        TieForeignKey("Case", "defect"),
        TieForeignKey("Case", "feature_request"),
        # Who had a file stays on record (DD-35).
        InsertOnly("AttachmentDownload"),
    ]
