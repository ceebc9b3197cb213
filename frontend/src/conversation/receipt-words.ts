// Words of receipts, by language: the product says what the record shows in the language of the conversation.
import type { Receipt, ReceiptLine } from '../api/protocol.gen'

export interface ReceiptWords {
  /** The name of a receipt, for screen readers. */
  readonly title: string
  readonly states: Readonly<Record<ReceiptLine['state'], string>>
  /** What the whole comes to; where something was changed, the lines say what. */
  readonly changed: Readonly<Record<Exclude<Receipt['changed'], 'yes'>, string>>
}

const words = (
  title: string,
  [succeeded, failed, rejected, expired, unknown, waiting]: readonly string[],
  [no, not_yet, notKnown]: readonly string[],
): ReceiptWords => ({
  title,
  states: {
    succeeded: succeeded ?? '',
    failed: failed ?? '',
    rejected: rejected ?? '',
    expired: expired ?? '',
    unknown: unknown ?? '',
    waiting: waiting ?? '',
  },
  changed: { no: no ?? '', not_yet: not_yet ?? '', unknown: notKnown ?? '' },
})

/* prettier-ignore */
const WORDS: Readonly<Record<string, ReceiptWords>> = {
  en: words('On record',
    ['done', 'not done: it failed', 'not done: declined', 'not done: expired', 'not known whether it was done', 'waiting, not done yet'],
    ['Nothing was changed.', 'Nothing has been changed yet.', 'It is not known whether anything was changed.']),
  de: words('Festgehalten',
    ['erledigt', 'nicht erledigt: fehlgeschlagen', 'nicht erledigt: abgelehnt', 'nicht erledigt: abgelaufen', 'nicht bekannt, ob es erledigt ist', 'wartet, noch nicht erledigt'],
    ['Es wurde nichts geändert.', 'Es wurde noch nichts geändert.', 'Ob etwas geändert wurde, ist nicht bekannt.']),
  fr: words('Enregistré',
    ['fait', 'pas fait : échec', 'pas fait : refusé', 'pas fait : expiré', 'on ne sait pas si cela a été fait', 'en attente, pas encore fait'],
    ["Rien n'a été modifié.", "Rien n'a encore été modifié.", 'On ne sait pas si quelque chose a été modifié.']),
  es: words('Registrado',
    ['hecho', 'no hecho: ha fallado', 'no hecho: rechazado', 'no hecho: caducado', 'no se sabe si se hizo', 'en espera, aún no hecho'],
    ['No se ha cambiado nada.', 'Todavía no se ha cambiado nada.', 'No se sabe si se ha cambiado algo.']),
  it: words('Registrato',
    ['fatto', 'non fatto: non riuscito', 'non fatto: rifiutato', 'non fatto: scaduto', 'non si sa se è stato fatto', 'in attesa, non ancora fatto'],
    ['Non è stato modificato nulla.', 'Non è ancora stato modificato nulla.', 'Non si sa se è stato modificato qualcosa.']),
  pt: words('Registado',
    ['feito', 'não feito: falhou', 'não feito: recusado', 'não feito: expirou', 'não se sabe se foi feito', 'em espera, ainda não feito'],
    ['Nada foi alterado.', 'Ainda nada foi alterado.', 'Não se sabe se algo foi alterado.']),
  nl: words('Vastgelegd',
    ['gedaan', 'niet gedaan: mislukt', 'niet gedaan: geweigerd', 'niet gedaan: verlopen', 'niet bekend of het gedaan is', 'wacht, nog niet gedaan'],
    ['Er is niets gewijzigd.', 'Er is nog niets gewijzigd.', 'Het is niet bekend of er iets is gewijzigd.']),
  pl: words('Odnotowano',
    ['wykonano', 'nie wykonano: błąd', 'nie wykonano: odrzucono', 'nie wykonano: wygasło', 'nie wiadomo, czy wykonano', 'czeka, jeszcze nie wykonano'],
    ['Nic nie zmieniono.', 'Jeszcze nic nie zmieniono.', 'Nie wiadomo, czy coś zmieniono.']),
  tr: words('Kayıtlı',
    ['yapıldı', 'yapılmadı: başarısız oldu', 'yapılmadı: reddedildi', 'yapılmadı: süresi doldu', 'yapılıp yapılmadığı bilinmiyor', 'bekliyor, henüz yapılmadı'],
    ['Hiçbir şey değiştirilmedi.', 'Henüz hiçbir şey değiştirilmedi.', 'Bir şeyin değişip değişmediği bilinmiyor.']),
  sv: words('Registrerat',
    ['gjort', 'inte gjort: misslyckades', 'inte gjort: avböjt', 'inte gjort: tiden gick ut', 'det är inte känt om det gjordes', 'väntar, inte gjort än'],
    ['Ingenting har ändrats.', 'Ingenting har ändrats än.', 'Det är inte känt om något har ändrats.']),
  ru: words('По записям',
    ['выполнено', 'не выполнено: ошибка', 'не выполнено: отклонено', 'не выполнено: срок истёк', 'неизвестно, выполнено ли', 'ожидает, ещё не выполнено'],
    ['Ничего не изменено.', 'Пока ничего не изменено.', 'Неизвестно, было ли что-то изменено.']),
  uk: words('За записами',
    ['виконано', 'не виконано: помилка', 'не виконано: відхилено', 'не виконано: строк минув', 'невідомо, чи виконано', 'очікує, ще не виконано'],
    ['Нічого не змінено.', 'Поки нічого не змінено.', 'Невідомо, чи було щось змінено.']),
  ar: words('المسجَّل',
    ['تم', 'لم يتم: فشل', 'لم يتم: رُفض', 'لم يتم: انتهت المهلة', 'لا يُعرف هل تم', 'قيد الانتظار، لم يتم بعد'],
    ['لم يتغيّر أي شيء.', 'لم يتغيّر أي شيء بعد.', 'لا يُعرف هل تغيّر شيء.']),
  ja: words('記録',
    ['完了', '未実行：失敗しました', '未実行：却下されました', '未実行：期限切れ', '実行されたか不明', '待機中、まだ実行されていません'],
    ['何も変更されていません。', 'まだ何も変更されていません。', '何かが変更されたかどうかは不明です。']),
  zh: words('记录',
    ['已完成', '未完成：失败', '未完成：已拒绝', '未完成：已过期', '不清楚是否已完成', '等待中，尚未完成'],
    ['没有做任何更改。', '尚未做任何更改。', '不清楚是否有更改。']),
  ko: words('기록',
    ['완료', '처리 안 됨: 실패', '처리 안 됨: 거절됨', '처리 안 됨: 기한 만료', '처리되었는지 알 수 없음', '대기 중, 아직 처리되지 않음'],
    ['아무것도 변경되지 않았습니다.', '아직 아무것도 변경되지 않았습니다.', '변경된 것이 있는지 알 수 없습니다.']),
}

export const LANGUAGES: readonly string[] = Object.keys(WORDS)

const RIGHT_TO_LEFT = new Set(['ar'])

/**
 * The words of the first of these languages that there are words for, else English. A language may name its region,
 * as browsers' do: `de-AT`.
 */
export function receiptWords(languages: readonly string[]): {
  words: ReceiptWords
  language: string
  dir: 'ltr' | 'rtl'
} {
  const language = languages.map((one) => one.toLowerCase().split('-')[0] ?? '').find((one) => one in WORDS)
  return {
    words: (language && WORDS[language]) || (WORDS.en as ReceiptWords),
    language: language ?? 'en',
    dir: language && RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr',
  }
}

/** A receipt in one sentence, for screen readers: what became of each thing, then what it comes to. */
export function receiptText(
  receipt: Pick<Receipt, 'lines' | 'changed'>,
  { states, changed }: ReceiptWords,
): string {
  const lines = (receipt.lines ?? []).map((line) => `${line.title || line.tool}: ${states[line.state]}.`)
  return [...lines, ...(receipt.changed === 'yes' ? [] : [changed[receipt.changed]])].join(' ')
}

/** The languages to speak to the reader in: the customer's own, as far as their words tell, then the browser's. */
export function readersLanguages(customers: string | undefined): readonly string[] {
  return [...(customers ? [customers] : []), ...navigator.languages]
}
