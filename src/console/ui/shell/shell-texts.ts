// Texts of the frame around the pages and of the sign-in.
import type { Texts } from './texts.ts';

const EN = {
  pages: {
    predict: 'Predict',
    batch: 'Batch',
    live: 'Live',
    drift: 'Drift',
    models: 'Models',
    users: 'Users',
    keys: 'API keys',
  },
  skip: 'Skip to the content',
  navigation: 'Pages',
  account: 'Account',
  settings: 'Settings',
  signedInAs: (name: string, role: string) => `${name} (${role})`,
  signOut: 'Sign out',
  language: 'Language',
  theme: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  zone: 'Times',
  zones: { local: 'Local', utc: 'UTC' },
  apiDocs: 'API reference',
  notFound: 'There is no such page here, or your role does not open it.',
  signIn: {
    title: 'Sign in',
    lead: 'Predictions, live monitoring and models of this server.',
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    expired: 'Your session has ended. Sign in again to go on where you were.',
    firstTime:
      'On its first start the server prints the administrator’s name and password in its terminal.',
  },
};

export const SHELL_TEXTS: Texts<typeof EN> = {
  en: EN,
  fr: {
    pages: {
      predict: 'Prédire',
      batch: 'Par lots',
      live: 'En direct',
      drift: 'Dérive',
      models: 'Modèles',
      users: 'Utilisateurs',
      keys: 'Clés d’API',
    },
    skip: 'Aller au contenu',
    navigation: 'Pages',
    account: 'Compte',
    settings: 'Réglages',
    signedInAs: (name, role) => `${name} (${role})`,
    signOut: 'Se déconnecter',
    language: 'Langue',
    theme: 'Couleurs',
    themes: { system: 'Comme le système', light: 'Clair', dark: 'Sombre' },
    zone: 'Heures',
    zones: { local: 'Locales', utc: 'UTC' },
    apiDocs: 'Référence de l’API',
    notFound: 'Cette page n’existe pas, ou votre rôle ne l’ouvre pas.',
    signIn: {
      title: 'Connexion',
      lead: 'Prédictions, suivi en direct et modèles de ce serveur.',
      username: 'Nom d’utilisateur',
      password: 'Mot de passe',
      submit: 'Se connecter',
      expired: 'Votre session est terminée. Reconnectez-vous pour reprendre où vous étiez.',
      firstTime:
        'À son premier démarrage, le serveur affiche dans son terminal le nom et le mot de passe de l’administrateur.',
    },
  },
};
