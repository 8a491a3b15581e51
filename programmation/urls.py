from django.urls import path

from programmation.views import decision, ecran, registre

urlpatterns = [
    path("programmation/", ecran.accueil, name="programmation-accueil"),
    path("programmation/actes/<int:pk>/", registre.telecharger, name="actes-telecharger"),
    path("programmation/<slug:slug>/enveloppes/", ecran.enveloppes, name="programmation-enveloppes"),
    path("programmation/<slug:slug>/tableau/", ecran.tableau, name="programmation-tableau"),
    path("programmation/<slug:slug>/montant/", ecran.montant, name="programmation-montant"),
    path("programmation/<slug:slug>/dossiers/<str:numero>/", ecran.dossier, name="programmation-dossier"),
    path("programmation/<slug:slug>/tableau.xlsx", ecran.classeur, name="programmation-xlsx"),
    path("programmation/<slug:slug>/tableau.pdf", ecran.pdf, name="programmation-pdf"),
    path("programmation/<slug:slug>/programmer/", decision.programmer, name="programmation-programmer"),
    path("programmation/<slug:slug>/deliberation/", decision.deliberation, name="programmation-deliberation"),
    path("programmation/<slug:slug>/decider/", decision.decider, name="programmation-decider"),
    path("donnees-ouvertes/subventions.csv", registre.subventions, name="donnees-ouvertes"),
    path("verifier/", registre.verifier, name="verifier"),
    path("verifier/<str:code>/", registre.verifier_code, name="verifier-code"),
]
