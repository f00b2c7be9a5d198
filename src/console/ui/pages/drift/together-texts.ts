// Texts of what the page Drift says of all features together and of past evaluations.
import type { Texts } from '../../shell/texts.ts';

const EN = {
  multivariate: {
    title: 'All features together',
    lead: 'What no column shows by itself: whether rows of the window can be told from rows held out of training.',
    classifier: 'Domain classifier',
    classifierSaid: (value: string, low: string, high: string) =>
      `ROC AUC ${value} (${low} to ${high} at 95 %): 0.5 is chance, and the nearer to 1, the better a classifier tells both apart.`,
    classifierNone: 'Too few rows to train one.',
    classifierRule: (threshold: string, reference: string, current: string, folds: string) =>
      `Drift where the interval lies above ${threshold}. Out of ${folds} folds, over ${reference} held-out rows and ${current} of the window.`,
    top: 'What they are told apart by',
    feature: 'Feature',
    gain: 'Share of the gain',
    pca: 'Reconstruction error (PCA)',
    pcaSaid: (current: string, low: string, high: string) =>
      `${current}, where held-out rows lead to expect ${low} to ${high}: outside of it, features relate to each other in another way.`,
    pcaNone: 'Too few rows to measure it.',
    pcaRule: (components: string, variance: string) =>
      `${components} components explain ${variance} of the variance of the held-out rows.`,
    nannyml: 'By nannyml-0.13',
  },
  history: {
    title: 'Past evaluations',
    none: 'No evaluation has been made on schedule yet. The server makes one of the champion every DRIFT_EVERY.',
    chart: 'Share of drifted columns by weight',
    summary: (count: string, drifted: string) =>
      `The weighted share of drifted columns over ${count} evaluations, ${drifted} of them with drift.`,
    line: 'Weighted share',
    marks: 'Drift',
    details: 'Each evaluation',
    at: 'Evaluated',
    version: 'Version',
    window: 'Window',
    verdict: 'Ours',
    convention: 'Convention',
    rows: 'Rows',
    share: 'Weighted share',
    auc: 'Domain classifier',
    columns: 'Columns with drift',
    noColumns: 'none',
  },
};

export const TOGETHER_TEXTS: Texts<typeof EN> = {
  en: EN,
  fr: {
    multivariate: {
      title: 'Toutes les variables ensemble',
      lead: 'Ce qu’aucune colonne ne montre seule : peut-on distinguer les lignes de la fenêtre de celles mises de côté à l’entraînement ?',
      classifier: 'Classifieur de domaine',
      classifierSaid: (value, low, high) =>
        `AUC ROC de ${value} (de ${low} à ${high} à 95 %) : 0,5 est le hasard ; plus elle approche de 1, mieux un classifieur les distingue.`,
      classifierNone: 'Trop peu de lignes pour l’entraîner.',
      classifierRule: (threshold, reference, current, folds) =>
        `Dérive si l’intervalle est au-dessus de ${threshold}. Sur ${folds} plis, avec ${reference} lignes mises de côté et ${current} de la fenêtre.`,
      top: 'Ce qui les distingue',
      feature: 'Variable',
      gain: 'Part du gain',
      pca: 'Erreur de reconstruction (ACP)',
      pcaSaid: (current, low, high) =>
        `${current}, quand les lignes mises de côté laissent attendre de ${low} à ${high} : au-delà, les variables ne sont plus liées de la même façon.`,
      pcaNone: 'Trop peu de lignes pour la mesurer.',
      pcaRule: (components, variance) =>
        `${components} composantes expliquent ${variance} de la variance des lignes mises de côté.`,
      nannyml: 'Selon nannyml-0.13',
    },
    history: {
      title: 'Évaluations passées',
      none: 'Aucune évaluation planifiée n’a encore eu lieu. Le serveur évalue le champion toutes les DRIFT_EVERY.',
      chart: 'Part pondérée des colonnes en dérive',
      summary: (count, drifted) =>
        `Part pondérée des colonnes en dérive sur ${count} évaluations, dont ${drifted} avec dérive.`,
      line: 'Part pondérée',
      marks: 'Dérive',
      details: 'Chaque évaluation',
      at: 'Évaluée le',
      version: 'Version',
      window: 'Fenêtre',
      verdict: 'Le nôtre',
      convention: 'Convention',
      rows: 'Lignes',
      share: 'Part pondérée',
      auc: 'Classifieur de domaine',
      columns: 'Colonnes en dérive',
      noColumns: 'aucune',
    },
  },
};
