"""Documents are reviewed one by one; one of a kind is current."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vendors", "0001_initial")]
    operations = [
        migrations.AddField("document", "note", models.CharField(blank=True, max_length=500, verbose_name="note")),
        migrations.AddField(
            "document",
            "status",
            models.CharField(default="pending", editable=False, max_length=20, verbose_name="status"),
            preserve_default=False,
        ),
        migrations.AddField("document", "version", models.PositiveIntegerField(default=1, editable=False)),
        migrations.AddConstraint(
            "document",
            models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "accepted", "rejected", "replaced"])),
                name="document_status_known",
            ),
        ),
        migrations.AddConstraint(
            "document",
            models.UniqueConstraint(
                condition=models.Q(("status", "replaced"), _negated=True),
                fields=("vendor", "kind"),
                name="document_one_current_per_kind",
            ),
        ),
    ]
