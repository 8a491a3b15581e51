"""Relire ce que la copie propose avant qu'elle naisse."""

from appels.forms.reglages import CalendrierForm


class DuplicationForm(CalendrierForm):
    """Les mêmes champs que le calendrier ; l'instance est neuve, ses valeurs viennent de l'appel copié."""

    class Meta(CalendrierForm.Meta):
        fields = ("intitule", "annee", "code", "ouvre_le", "cloture_le", "periode_reunions", "periode_decision")

    def _post_clean(self):
        """Rien : l'opération juge l'appel entier, et rend la copie déjà faite quand on clique deux fois."""
