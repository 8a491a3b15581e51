"""La boîte de la démonstration : un backend de courriel qui garde tout en base et n'envoie rien."""

from email.message import Message

from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import CourrielRecu


class BoiteBackend(BaseEmailBackend):
    def send_messages(self, messages):
        for message in messages:
            html = next((a.content for a in getattr(message, "alternatives", ()) if a.mimetype == "text/html"), "")
            CourrielRecu.objects.create(
                destinataires=", ".join(message.recipients())[:500],
                expediteur=message.from_email[:200],
                objet=message.subject[:500],
                texte=message.body,
                html=html,
                pieces=[_piece(piece) for piece in message.attachments],
            )
        return len(messages)


def _piece(piece):
    if isinstance(piece, Message):
        contenu = piece.get_payload(decode=True)
        return {"nom": piece.get_filename() or "piece", "type": piece.get_content_type(), "taille": len(contenu)}
    contenu = piece.content.encode() if isinstance(piece.content, str) else piece.content
    return {"nom": piece.filename or "piece", "type": piece.mimetype or "", "taille": len(contenu)}
