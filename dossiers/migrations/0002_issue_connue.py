from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(("issue__in", ["", "irrecevable", "accorde", "refuse"])),
                name="dossier_issue_connue",
            ),
        ),
    ]
