export { ChatPage as Component } from '../../features/chat/chat-page'
