"""Les données du procès-verbal, figées au moment où on le demande (fiche métier, § 6.7)."""

from collections import Counter
from decimal import Decimal

from django.utils import timezone

from comptes.models import Affectation, Role
from dossiers.budget import totaux_du_dossier
from dossiers.etats import Etat
from evaluation.compte_rendu import presences
from evaluation.habitants import avis_des_habitants
from evaluation.lecture import evaluations_envoyees, passages_reveles, synthese_des_notes
from evaluation.models import Avis, Deport, MembreReunion, MontantPropose, Seance
from evaluation.seance import journal_de_seance
from evaluation.seance_dite import raconter

Presence = MembreReunion.Presence
# Ce que les habitants écrivent se cite sans les nommer, et sans prendre la place de l'avis.
REMARQUES_CITEES, SIGNES_D_UNE_REMARQUE = 3, 160


def _avis(dossier):
    """L'avis rendu ; un dossier ramené en évaluation l'attend de nouveau, un dossier retiré n'en a plus."""
    return None if dossier.etat in (Etat.EN_EVALUATION, Etat.RETIRE) else getattr(dossier, "avis", None)


def _libelle_de_l_avis(dossier, avis):
    if dossier.etat == Etat.RETIRE:
        rendu = getattr(dossier, "avis", None)
        return "Retiré par le porteur" + (f" après l’avis : {rendu.get_sens_display().lower()}" if rendu else "")
    return avis.get_sens_display() if avis else ""


def _obtenu_avant(dossier):
    """Ce que la même action a obtenu l'an passé ; ne se dit qu'une fois notifié."""
    ancien = dossier.renouvelle
    if ancien is None or not ancien.notifie_le:
        return None
    # Les décisions appartiennent à la programmation, plus haut dans l'escalier : on les lit par leur lien.
    return str(sum((decision.montant for decision in ancien.decisions.all()), Decimal(0)))


def _enveloppe(appel):
    """L'enveloppe de tout l'appel, et ce qu'il en reste une fois comptés les avis de toutes ses réunions."""
    montants = [enveloppe.montant for enveloppe in appel.enveloppes.all()]
    if not montants:
        return {"enveloppe": None, "reste": None}
    proposes = MontantPropose.objects.filter(avis__dossier__appel=appel).exclude(
        avis__dossier__etat__in=(Etat.EN_EVALUATION, Etat.RETIRE)
    )
    total = sum(montants)
    return {"enveloppe": str(total), "reste": str(total - sum(proposes.values_list("montant", flat=True)))}


def _habitants(dits):
    """« 8 oui, 2 un peu » et ce qu'ils demandent, dans leurs mots ; vide quand personne n'a répondu."""
    if not dits:
        return ""
    combien = f"{dits.total} réponses" if dits.total > 1 else "une réponse"
    phrases = [f"{combien} à la question « Est-ce utile ici ? » : {dits.phrase}."]
    manques = [" ".join(manque.split()) for manque in dits.manques]
    if manques:
        cites = " ; ".join(f"« {_abreger(manque)} »" for manque in manques[:REMARQUES_CITEES])
        reste = len(manques) - REMARQUES_CITEES
        suite = f", et {reste} autres remarques" if reste > 1 else ", et une autre remarque" if reste == 1 else ""
        phrases.append(f"Ce qui manque, dans leurs mots : {cites}{suite}.")
    return " ".join(phrases)


def _abreger(texte):
    texte = texte.rstrip(" .")
    return texte if len(texte) <= SIGNES_D_UNE_REMARQUE else f"{texte[:SIGNES_D_UNE_REMARQUE].rsplit(' ', 1)[0]}…"


def _dossier(dossier, evaluations, dits, deroule):
    """`evaluations` : celles qui se lisent ; un procès-verbal ne découvre pas des notes encore secrètes."""
    avis = _avis(dossier)
    proposes = {m.financeur_id: m.montant for m in avis.montants.all()} if avis else {}
    cibles = list(dossier.cibles.all())
    note = synthese_des_notes(evaluations).moyenne
    return {
        "numero": dossier.numero,
        "porteur": dossier.organisme.nom,
        "action": dossier.intitule,
        "quartiers": ", ".join(dict.fromkeys(cible.quartier.nom for cible in cibles)),
        "objectif": cibles[0].objectif.texte if cibles else "",
        "cout_total": str(totaux_du_dossier(dossier).charges),
        "montants": [
            {
                "financeur": f.financeur.nom,
                "demande": str(f.montant_demande),
                "propose": str(proposes[f.financeur_id]) if f.financeur_id in proposes else None,
            }
            for f in dossier.financements.all()
        ],
        "note": str(note) if note is not None else None,
        "avis": _libelle_de_l_avis(dossier, avis),
        "observations": avis.observations if avis else "",
        "reserves": avis.reserves if avis else "",
        "obtenu_avant": _obtenu_avant(dossier),
        "habitants": _habitants(dits),
        "deroule": deroule,
        "reprises": [str(e.evaluateur) for e in evaluations if e.modifiee_apres_lecture],
        "retire": dossier.etat == Etat.RETIRE,
    }


def _deports(reunion, dossiers):
    """Ceux des membres et des agents, que la réunion a connus.

    Un déport venu après l'avis n'a fait sortir personne : le procès-verbal ne l'invente pas.
    """
    siegent = reunion.membres.values("utilisateur")
    agents = Affectation.objects.filter(role=Role.AGENT, collectivite=reunion.collectivite_id).values("utilisateur")
    deports = Deport.objects.filter(dossier__in=dossiers).avant_l_avis()
    concernes = deports.filter(utilisateur__in=siegent) | deports.filter(utilisateur__in=agents)
    return concernes.select_related("utilisateur", "dossier").order_by("utilisateur__nom", "utilisateur", "pk")


def _conseils_citoyens(reunion, presents):
    """Les conseils dont un membre est là."""
    citoyens = set(
        Affectation.objects.filter(role=Role.CITOYEN, collectivite=reunion.collectivite_id).values_list(
            "utilisateur", flat=True
        )
    )
    return sorted({m.structure for m in presents if m.structure and m.utilisateur_id in citoyens})


def _quorum(reunion, votants):
    if not reunion.quorum:
        return []
    exige = f"{reunion.quorum} membres qui notent" if reunion.quorum > 1 else "un membre qui note"
    present = f"{votants} sont présents" if votants > 1 else "un est présent" if votants else "aucun n’est présent"
    return [f"Quorum : {exige} ; {present}."]


def _seance(reunion, presents):
    """Ce que la salle a constaté ; une réunion tenue sur papier n'en dit que les présences et le quorum."""
    journal = journal_de_seance(reunion)
    if journal is None:
        return {"seance": _quorum(reunion, sum(m.evalue for m in presents)) if presents else []}, {}, set()
    recit = raconter(reunion, journal)
    levee = Seance.objects.values_list("levee_le", flat=True).get(reunion=reunion)
    tenue = {
        "tenu_le": timezone.localtime(journal.ouverte_le).isoformat(),
        "fini_le": timezone.localtime(levee).isoformat() if levee else None,
        "seance": recit.phrases,
        "mouvements": recit.mouvements,
    }
    return tenue, recit.dossiers, recit.sortis


def _passages(reunion):
    return list(
        reunion.passages.select_related("reunion", "dossier__organisme", "dossier__avis", "dossier__renouvelle")
        .prefetch_related(
            "dossier__cibles__quartier",
            "dossier__cibles__objectif",
            "dossier__financements__financeur",
            "dossier__lignes_budget",
            "dossier__avis__montants",
            "dossier__renouvelle__decisions",
        )
        .order_by("rang", "pk")
    )


def _recapitulatif(dossiers):
    avis = [_avis(dossier) for dossier in dossiers if dossier.etat != Etat.RETIRE]
    decompte = Counter(rendu.sens for rendu in avis if rendu)
    lignes = [[libelle, decompte.get(sens, 0)] for sens, libelle in Avis.Sens.choices]
    retires = len(dossiers) - len(avis)
    sans = avis.count(None)
    return lignes + [[mot, nombre] for mot, nombre in (("Sans avis", sans), ("Retiré", retires)) if nombre]


def donnees_de(reunion, version):
    """Un dictionnaire sérialisable, aux noms des champs de `documents.proces_verbal.ProcesVerbal`."""
    collectivite = reunion.collectivite
    membres = list(reunion.membres.select_related("utilisateur"))
    presents = [m for m in membres if m.presence == Presence.PRESENT]
    passages = _passages(reunion)
    dossiers = [passage.dossier for passage in passages]
    reveles = [passage.dossier for passage in passages_reveles(reunion, passages)]
    evaluations = evaluations_envoyees(reveles)
    dits = avis_des_habitants([dossier.pk for dossier in dossiers])
    tenue, deroules, sortis = _seance(reunion, presents)
    deports = list(_deports(reunion, dossiers))
    examines = [dossier for dossier in dossiers if dossier.etat != Etat.RETIRE]
    return {
        "collectivite": collectivite.nom,
        "service": collectivite.service_nom,
        "couleur": collectivite.couleur,
        "titre": reunion.titre,
        "appel": reunion.appel.intitule,
        "tenu_le": timezone.localtime(reunion.debut).isoformat(),
        "fini_le": timezone.localtime(reunion.fin).isoformat() if reunion.fin else None,
        "edite_le": timezone.localtime().isoformat(),
        "version": version,
        "projet": not reunion.est_close,
        "organe": collectivite.organe_deliberant,
        "lieu": reunion.lieu,
        "president": reunion.president,
        "secretaire": reunion.secretaire,
        **presences(reunion),
        "conseils_citoyens": _conseils_citoyens(reunion, presents),
        "deports": [{"nom": str(d.utilisateur), "dossier_numero": d.dossier.numero, "motif": d.motif} for d in deports],
        "sorties": bool(deports) and all((d.dossier.numero, str(d.utilisateur)) in sortis for d in deports),
        "dossiers": [
            _dossier(d, evaluations[d.pk], dits[d.pk] if d.pk in dits else None, deroules.get(d.numero, []))
            for d in dossiers
        ],
        "recapitulatif": _recapitulatif(dossiers),
        "total_demande": str(sum(f.montant_demande for d in examines for f in d.financements.all())),
        "total_propose": str(sum(m.montant for d in examines if _avis(d) for m in _avis(d).montants.all())),
        "divers": reunion.divers,
        **_enveloppe(reunion.appel),
        **tenue,
    }
