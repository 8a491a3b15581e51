"""Le classeur d'une personne pour une réunion : les dossiers qu'elle peut lire, et ce qu'on en compose."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from documents import classeur as document
from documents import nombres
from dossiers.copie import figer, pour_un_tiers
from dossiers.etats import Etat
from dossiers.models import Dossier
from dossiers.rubriques import a_relire
from evaluation.classeur_synthese import synthese_imprimee
from evaluation.empechements import empeches
from evaluation.models import Citation, Classeur, Evaluation
from evaluation.notes import note_sur_cent
from evaluation.synthese import dossiers_a_lire, synthese_de


def passages_lisibles(reunion, personne):
    """Les passages de la réunion que cette personne peut lire, dans l'ordre du jour ; deux requêtes.

    Ni ceux dont elle s'est déportée, ni ceux de son organisme, ni ceux que le porteur a retirés.
    """
    lisibles = dossiers_a_lire(personne).filter(passages__reunion=reunion).exclude(etat=Etat.RETIRE)
    miennes = Evaluation.objects.filter(dossier=OuterRef("dossier"), evaluateur=personne)
    citations = Citation.objects.filter(dossier=OuterRef("dossier"), evaluateur=personne).order_by()
    passages = list(
        reunion.passages.filter(dossier__in=lisibles.values("pk"))
        .select_related("dossier__renouvelle")
        .annotate(
            copie=Max("dossier__copies__rang"),
            envoyee_le=Subquery(miennes.values("envoyee_le")[:1]),
            epinglees=Subquery(citations.values("dossier").annotate(n=Count("pk")).values("n")),
            derniere=Subquery(citations.values("dossier").annotate(n=Max("pk")).values("n")),
        )
        .order_by("rang", "pk")
    )
    fermes = empeches([passage.dossier for passage in passages])
    return [passage for passage in passages if personne.pk not in fermes[passage.dossier_id]]


def empreinte(reunion, passages):
    """Ce qui, en changeant, rend le classeur à refaire : la réunion, l'ordre du jour, les dossiers, mes notes."""
    sources = [
        *(str(getattr(reunion, champ)) for champ in ("titre", "debut", "fin", "lieu", "president", "secretaire")),
        *(f"{nom}:{structure}" for nom, structure in _membres(reunion)),
    ]
    for passage in passages:
        dossier, ancien = passage.dossier, passage.dossier.renouvelle
        sources += [
            dossier.numero, dossier.modifie_le, passage.copie, est_sans_debat(passage), passage.envoyee_le,
            passage.epinglees, passage.derniere, ancien and ancien.modifie_le,
        ]  # fmt: skip
    return hashlib.sha256("\n".join(map(str, sources)).encode()).hexdigest()


def est_sans_debat(passage):
    return passage.sans_debat and passage.sorti_du_bloc_par_id is None


def numeros(passages):
    return [passage.dossier.numero for passage in passages]


def se_lit(classeur):
    """Tout ce que le fichier contient se lit encore : un déport le ferme, même avant que le fichier soit effacé."""
    lisibles = numeros(passages_lisibles(classeur.reunion, classeur.utilisateur))
    return not est_passe(classeur.reunion) and set(classeur.numeros) <= set(lisibles)


def efface_le(reunion):
    """Passé ce jour, le classeur de la réunion s'efface et ne se prépare plus."""
    return reunion.debut + timedelta(days=settings.CONSERVATION_CLASSEURS_JOURS)


def est_passe(reunion):
    return efface_le(reunion) <= timezone.now()


def etat_du_classeur(reunion, personne, ouverts):
    """Ce qu'en dit la page de la réunion. `ouverts` : combien de dossiers la personne y lit.

    Une requête ; quatre de plus quand un classeur est prêt, pour dire s'il est à refaire.
    """
    preparable = bool(ouverts) and not reunion.est_annulee and not est_passe(reunion)
    en_cours = pret = None
    for classeur in Classeur.objects.filter(reunion=reunion, utilisateur=personne, ferme_le=None):
        if classeur.produit_le:
            pret = pret or classeur
        else:
            en_cours = classeur
    etat = {"preparable": preparable, "passe": est_passe(reunion), "efface_le": efface_le(reunion), "pret": None}
    etat["a_refaire"] = False
    etat["echec"] = bool(en_cours and en_cours.est_abandonne)
    etat["en_cours"] = None if etat["echec"] else en_cours
    if pret and not est_passe(reunion):
        passages = passages_lisibles(reunion, personne)
        etat["a_refaire"] = pret.empreinte != empreinte(reunion, passages)
        # Un classeur qui contient un dossier fermé depuis ne se propose plus.
        etat["pret"] = pret if set(pret.numeros) <= set(numeros(passages)) else None
    return etat


def composer(classeur, passages):
    """Le PDF, tel qu'à cet instant ; daté de la demande, pour que la même reprise redonne les mêmes octets."""
    reunion, collectivite = classeur.reunion, classeur.reunion.collectivite
    return document.composer(
        document.Classeur(
            collectivite=collectivite.nom,
            service=collectivite.service_nom,
            couleur=collectivite.couleur,
            titre=reunion.titre,
            appel=reunion.appel.intitule,
            personne=str(classeur.utilisateur),
            tenu_le=timezone.localtime(reunion.debut),
            fini_le=timezone.localtime(reunion.fin) if reunion.fin else None,
            etabli_le=timezone.localtime(classeur.demande_le),
            lieu=reunion.lieu,
            president=reunion.president,
            secretaire=reunion.secretaire,
            membres=tuple(_membres(reunion)),
            dossiers=tuple(_dossier(passage, classeur.utilisateur) for passage in passages),
        )
    )


def _membres(reunion):
    membres = reunion.membres.select_related("utilisateur").order_by("utilisateur__nom", "pk")
    return [(str(membre.utilisateur), membre.structure) for membre in membres]


def _dossier(passage, personne):
    dossier = (
        Dossier.objects.select_related("appel", "organisme", "renouvelle__appel")
        .annotate(demande=Sum("financements__montant_demande", filter=Q(financements__isnull=False)))
        .get(pk=passage.dossier_id)
    )
    copie = dossier.copies.order_by("-rang").first()
    # Comme à l'écran : sans les coordonnées des personnes, ni le compte bancaire, ni les pièces confidentielles.
    donnees = pour_un_tiers(copie.donnees if copie else figer(dossier))
    return document.DossierDuClasseur(
        numero=dossier.numero,
        intitule=dossier.intitule or "Sans titre",
        organisme=dossier.organisme.nom,
        demande=dossier.demande or 0,
        sans_debat=est_sans_debat(passage),
        synthese=synthese_imprimee(synthese_de(dossier)),
        mention=_mention(copie),
        rubriques=a_relire(donnees),
        notes=mes_notes(dossier, personne),
    )


def _mention(copie):
    if copie is None:
        return "Le dossier tel qu’il est enregistré. Les pièces jointes se lisent à l’écran."
    quand = timezone.localtime(copie.cree_le)
    verbe = "complété" if copie.rang > 1 else "déposé"
    return f"Le dossier {verbe} le {nombres.date_longue(quand)}. Les pièces jointes se lisent à l’écran."


def mes_notes(dossier, personne):
    """Ce que la personne a elle-même envoyé et épinglé ; None s'il n'y a rien. Jamais rien des autres."""
    mienne = Evaluation.objects.visibles_par(personne).filter(dossier=dossier, envoyee_le__isnull=False).first()
    notes = list(mienne.notes.select_related("critere").order_by("critere__ordre", "critere")) if mienne else []
    citations = (
        Citation.objects.visibles_par(personne)
        .filter(dossier=dossier)
        .select_related("critere")
        .order_by("critere__ordre", "critere", "pk")
    )
    citees = tuple(document.Citation(c.critere.libelle, c.texte, c.libelle_du_champ) for c in citations)
    if not (mienne or citees):
        return None
    return document.MesNotes(
        notes=tuple((note.critere.libelle, note.critere.poids, note.valeur) for note in notes),
        sur_cent=note_sur_cent([(note.critere.poids, note.valeur) for note in notes]),
        commentaire=mienne.commentaire if mienne else "",
        envoyee_le=timezone.localtime(mienne.envoyee_le) if mienne else None,
        citations=citees,
    )
