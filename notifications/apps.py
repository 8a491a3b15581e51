from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self):
        from journal.publication import evenement_publie
        from notifications import tasks  # noqa: F401 : le courtier les nomme
        from notifications.courtier import sonner

        evenement_publie.connect(sonner, dispatch_uid="notifications.sonner")
