"""Le direct : « y a-t-il du neuf ? », par interrogation ou par événements envoyés. Jamais le contenu."""

import time
from threading import Lock

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from comptes.acces import public
from evaluation.direct import TELEPHONE, empreinte, lire_jeton

DUREE_S, SOUFFLE_S = 25, 5
COMPLET = b"event: complet\ndata: complet\n\n"
# Ce qu'on attend entre deux lectures de l'empreinte.
PAS_S = {TELEPHONE: 1.0}
PAS_ORDINAIRE_S = 0.25


class Places:
    """Chaque flux occupe un fil du serveur : on les compte, et la dernière place n'est pas pour un téléphone."""

    def __init__(self):
        self._verrou, self._prises = Lock(), 0

    def prendre(self, ecran):
        plafond = settings.SEANCE_FLUX - (1 if ecran == TELEPHONE else 0)
        with self._verrou:
            if self._prises >= plafond:
                return False
            self._prises += 1
            return True

    def rendre(self):
        with self._verrou:
            self._prises -= 1


places = Places()


class Flux:
    """Des événements pendant vingt-cinq secondes, puis « fin » : le navigateur se reconnecte, le fil se libère."""

    def __init__(self, cle, connue):
        self._cle, self._connue, self._rendu = cle, connue, False
        self._pas = PAS_S.get(cle[2], PAS_ORDINAIRE_S)
        self._fin = time.monotonic() + DUREE_S
        self._finie = False

    def __iter__(self):
        return self

    def __next__(self):
        if self._finie:
            raise StopIteration
        souffle = time.monotonic() + SOUFFLE_S
        while True:
            version = empreinte(*self._cle)
            if version != self._connue:
                self._connue = version
                return f"id: {version}\nevent: version\ndata: {version}\n\n".encode()
            maintenant = time.monotonic()
            if maintenant >= self._fin:
                self._finie = True
                return b"event: fin\ndata: fin\n\n"
            # Écrire est la seule façon d'apprendre que l'autre bout est parti.
            if maintenant >= souffle:
                return b": toujours la\n\n"
            time.sleep(self._pas)

    def close(self):
        if not self._rendu:
            self._rendu = True
            places.rendre()


def _cle(request, pk):
    lu = lire_jeton(request.GET.get("jeton", ""), pk)
    if lu is None:
        raise Http404
    utilisateur, ecran = lu
    return pk, utilisateur, ecran


@public
@require_GET
def etat(request, pk):
    """204 tant que rien n'a changé. Le jeton signé de la page suffit : ni session, ni compte à relire."""
    version = empreinte(*_cle(request, pk))
    if version == request.GET.get("version"):
        reponse = HttpResponse(status=204)
    else:
        reponse = JsonResponse({"version": version})
    reponse["Cache-Control"] = "no-store"
    return reponse


@public
@require_GET
def flux(request, pk):
    cle = _cle(request, pk)
    if not places.prendre(cle[2]):
        # Plus de place : le dire en clair. Un 503 serait une panne dans les journaux, à chaque téléphone.
        return _evenements(COMPLET)
    connue = request.headers.get("Last-Event-ID") or request.GET.get("version", "")
    return _evenements(Flux(cle, connue))


def _evenements(contenu):
    sorte = HttpResponse if isinstance(contenu, bytes) else StreamingHttpResponse
    reponse = sorte(contenu, content_type="text/event-stream")
    # Ni tampon ni compression en chemin : l'événement passe aussitôt.
    reponse["Cache-Control"] = "no-store, no-transform"
    reponse["X-Accel-Buffering"] = "no"
    return reponse
