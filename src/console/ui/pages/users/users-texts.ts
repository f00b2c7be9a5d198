// Texts of the page "users".
import type { Texts } from '../../shell/texts.ts';

const EN = {
  title: 'Users',
  lead: 'Who may sign in, and what for.',
  create: 'New user',
  createTitle: 'New user',
  username: 'User name',
  password: 'Password',
  newPassword: 'New password',
  passwordHelp: 'At least 12 characters. Hand it over safely; it is shown nowhere.',
  resetHelp: 'Leave it empty to keep the password of today.',
  role: 'Role',
  roles: {
    admin: 'Admin: manages users and does everything',
    operator: 'Operator: predicts, reads, promotes and rolls back models',
    client: 'Client: predicts',
    viewer: 'Viewer: reads monitoring and models',
  },
  roleNames: { admin: 'Admin', operator: 'Operator', client: 'Client', viewer: 'Viewer' },
  you: 'you',
  created: 'Created',
  actions: 'Actions',
  edit: 'Change',
  editTitle: (name: string) => `Change ${name}`,
  editNote: 'A new password or another role ends all sessions of the user. API keys stay.',
  ownRole: 'Your own role is changed by another admin.',
  ownPassword: 'You will have to sign in again with it.',
  remove: 'Delete',
  removeTitle: (name: string) => `Delete ${name}?`,
  removeNote: (name: string) =>
    `${name} can no longer sign in, and all their API keys stop working. Predictions in the log stay.`,
  save: 'Save',
  of: (action: string, name: string) => `${action}: ${name}`,
  outcomes: {
    created: (name: string) => `${name} has been created.`,
    changed: (name: string) => `${name} has been changed.`,
    removed: (name: string) => `${name} has been deleted.`,
  },
};

export const USERS_TEXTS: Texts<typeof EN> = {
  en: EN,
  fr: {
    title: 'Utilisateurs',
    lead: 'Qui peut se connecter, et pour quoi faire.',
    create: 'Nouvel utilisateur',
    createTitle: 'Nouvel utilisateur',
    username: 'Nom d’utilisateur',
    password: 'Mot de passe',
    newPassword: 'Nouveau mot de passe',
    passwordHelp:
      'Au moins 12 caractères. Transmettez-le par un moyen sûr : il n’est affiché nulle part.',
    resetHelp: 'Laissez vide pour garder le mot de passe actuel.',
    role: 'Rôle',
    roles: {
      admin: 'Administrateur : gère les utilisateurs et fait tout',
      operator: 'Opérateur : prédit, consulte, met des modèles en service et les retire',
      client: 'Client : prédit',
      viewer: 'Lecteur : consulte le suivi et les modèles',
    },
    roleNames: {
      admin: 'Administrateur',
      operator: 'Opérateur',
      client: 'Client',
      viewer: 'Lecteur',
    },
    you: 'vous',
    created: 'Créé',
    actions: 'Actions',
    edit: 'Modifier',
    editTitle: (name) => `Modifier ${name}`,
    editNote:
      'Un nouveau mot de passe ou un autre rôle met fin à toutes les sessions de l’utilisateur. Les clés d’API restent.',
    ownRole: 'Votre propre rôle est modifié par un autre administrateur.',
    ownPassword: 'Vous devrez vous reconnecter avec celui-ci.',
    remove: 'Supprimer',
    removeTitle: (name) => `Supprimer ${name} ?`,
    removeNote: (name) =>
      `${name} ne pourra plus se connecter et toutes ses clés d’API cesseront de fonctionner. Les prédictions du journal restent.`,
    save: 'Enregistrer',
    of: (action, name) => `${action} : ${name}`,
    outcomes: {
      created: (name) => `${name} a été créé.`,
      changed: (name) => `${name} a été modifié.`,
      removed: (name) => `${name} a été supprimé.`,
    },
  },
};
