export { JoinPage as Component } from '../../features/staff/join-page'
