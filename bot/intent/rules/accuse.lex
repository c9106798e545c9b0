# What may accuse a person of a violation (tố cáo). Four points seal a text. When in doubt a text is sealed: a report that is sealed
# wrongly costs a person one more step, a denunciation that is shown wrongly can cost them much more.
# lexicon.go says how to read this file.

[mask]  # plain words that contain a suspicious one
thu nhập, thu hồi, thu hoạch, thu mua, thu xếp, thu âm, lấy số, lấy giấy, lấy hồ sơ, lấy mẫu, lấy kết quả, lấy gì, lấy ở đâu, lấy ý kiến, lấy chồng, lấy vợ
ăn cơm, ăn uống, ăn tết, ăn ở, ăn học, làm ăn, dầu ăn, thức ăn, ăn mặc, ăn sáng, ăn trưa, ăn tối, khó khăn
hồ sơ, hộ nghèo, hộ cận nghèo, hộ khẩu, hộ dân, hộ gia đình, hỗ trợ, họ tên, họ và tên, mỗi hộ, các hộ, từng hộ, bảo hộ, hộ lý, giúp hộ, hộ tôi, hộ em
đánh máy, đánh dấu, đánh giá, đánh cá, đánh số, đánh vần, ép dầu, ép nhựa, gia đình, danh sách, khuyết tật, bị tật, đòi hỏi, nó là, người giả vờ
bồi dưỡng nghiệp vụ, bồi dưỡng sức khỏe, lớp bồi dưỡng, giữ liên lạc, giữ chỗ, giữ trẻ, giữ gìn, cắt điện, cắt nước, cắt sóng, cắt lúa, cắt hẹn, chia sẻ, chia buồn, chia tay
nhận tiền ở đâu, lấy tiền ở đâu, lãnh tiền ở đâu, lĩnh tiền ở đâu, bớt đi, bớt đông, bớt chờ, nó có, nó không, con cán bộ ơi

[self]
tôi, tui, em, mình, cháu, chúng tôi, chúng em, tụi tui, nhà tôi, nhà tui

[ask]
hỏi, nhờ, giúp, giùm, ơi, hướng dẫn, chỉ giúp, chỉ tôi, khi nào, bao giờ, chừng nào, ở đâu, chỗ nào, mấy giờ, hôm nào, ngày nào, bữa nào, làm ơn, cần gì, đem gì, mang gì

[can]  # asks whether something is allowed
được không, có được, được hông, được ko, có phải, phải không, cần giấy, cần gì, thì cần, ai được

[says]
hướng dẫn, nói, bảo, kêu, báo, hẹn, nhắn, thông báo, cho biết, dặn, giúp, chỉ, ơi, trả lời, giải thích

[actor]
cán bộ, công chức, viên chức, nhân viên, {trưởng|phó} {ấp|thôn|xóm|khóm|bản|buôn|làng|phum|sóc|tổ|khu|phòng|ban|đoàn|công an|trạm}
{ấp|thôn|xóm|khóm|bản|làng|tổ|khu|hội} trưởng, {chủ tịch|bí thư|kế toán|thủ quỹ|thủ kho|văn thư|địa chính|xã đội|dân phòng|công an|giám đốc|lãnh đạo}
quan xã, quan chức, mấy quan, sếp, bưu tá, nhân viên bưu điện, người phát tiền, người chi trả, chi hội, cò mồi, cò hồ sơ, tổ dân phố, đảng viên, hiệu trưởng, thầy cô

[they]
họ, =ổng, =bả, mấy ổng, mấy bả, ông ấy, bà ấy, ông đó, bà đó, ông này, bà này, ông ta, bà ta, anh ấy, chị ấy, anh ta, cô ta, =cổ, hắn, nó, chúng nó, bọn chúng, bọn họ, tụi nó, tụi hắn
người ta, mấy ông, mấy bà, mấy người, mấy cha, thằng, con mụ, =mụ, =lão, =kẻ, ai đó, có người, người nào đó, =cậu, =ả

[title]
ông, bà, ôn, mệ

[someone]
có người, ai đó, người nào, người khác, người lạ, kẻ nào, kẻ gian, không biết ai, người ta, có kẻ, hàng xóm, ai

[cash]
tiền, triệu, ngàn, nghìn, trăm, đồng, chục, củ, phong bì, bao thư, nửa tiền, một nửa, phân nửa, trăm rưỡi, %, @money

[goods]
@cash
gạo, quà, mì tôm, trợ cấp, hỗ trợ, cứu trợ, suất, phần quà, sổ, thẻ, chế độ, lương, lộc, gà, heo, bò, phần trăm

[seize]  # taking what is not theirs, when an actor does it
{lấy|thu|giữ|gom|ăn|nuốt|giam|găm|xài|tiêu|chiếm|bớt|chặn|giấu|đòi|vòi|rút|mượn|vét|hốt|khấu|trừ|hưởng} {hết|mất|luôn|bớt|lại|của|thêm|sạch|trọn|trước}
lấy, thu, giữ, gom, nuốt, =ém, =ém hết, =ém mất, =ém luôn, ăn, giam, găm, xài, tiêu, chiếm, bớt, đòi, vòi, rút, vét, trừ, khấu trừ, chiếm dụng, ăn vào, xén, xin tiền, xin lại, xin thêm, xin đểu, đớp, cầm, lợi dụng, chuyển về

[file]
hồ sơ, giấy, giấy tờ, đơn

[cut]
cắt, cắt bớt, cắt lại, cắt xén, chia, chia nhau, chia lại, chia cho nhau, để lại, vay, mượn, bán

[people]
của dân, của bà con, của người dân, của các cụ, của người già, của người nghèo, của hộ nghèo, của mỗi hộ, của từng hộ, của từng nhà, mỗi nhà, mỗi hộ, mỗi người, từng nhà, từng hộ, mỗi cụ, của các hộ, của nhân dân, của hội viên, của tụi tui, của người ta, {của|cua} {mẹ|má|ba|cha|bố|bà|ông|mệ|mạ} {tôi|tui|em|mình|cháu}, của tôi, của tui, của em, {1|2|3|4|5|6|7|8|9|10} hộ, mấy hộ, nhiều hộ, mỗi đứa, mỗi đầu người, của nhà tôi, của gia đình

[crowd]
của dân, của bà con, của người dân, của các cụ, của người già, của người nghèo, của hộ nghèo, của mỗi hộ, của từng hộ, của từng nhà, của các hộ, của nhân dân, của hội viên, tiền dân

[grave]  # enough by themselves
tố cáo, tố giác, tham nhũng, tham ô, hối lộ, hôi lộ, nhận hối lộ, đút lót, lo lót, lót tay, chung chi, ăn chặn, ăn bớt, ăn xén, bớt xén, xà xẻo, cắt xén, tư túi, bỏ túi, đút túi, đút túi riêng, biển thủ
rút ruột, bòn rút, xà xẻo, vòi vĩnh, vòi tiền, hạch sách, nhũng nhiễu, sách nhiễu, bôi trơn, ăn chia, chia chác, chia nhau tiền, chấm mút, kiếm chác, trục lợi, vụ lợi, tư lợi, ăn hối lộ, ăn tiền của, ăn hoa hồng, nhận hoa hồng, lại quả
kê khống, khai khống, kê khai khống, ký khống, chi khống, lập khống, làm khống, ghi khống, báo khống, khai man, khai gian, gian lận, gian dối, man trá, làm giả, giả mạo, danh sách {giả|ma|khống|ảo}, hồ sơ {giả|ma|khống}, giấy tờ giả, chữ ký giả, giả chữ ký, =giả chữ kí, ký giả, thương binh giả, hộ nghèo giả, tên ma, tên ảo, hộ ma, sửa sổ, sửa danh sách, tráo tên, đổi tên trong danh sách, mạo danh, giả danh, mạo nhận, nhận vơ
mua chuộc, chạy chọt, chạy tiền, chạy chế độ, chạy suất, mua suất, bán suất, bao che, tiếp tay, dung túng, móc ngoặc, cấu kết, thông đồng, lợi dụng chức vụ, lạm quyền, lộng quyền, chuyên quyền, cường hào, ô dù
tiêu cực, khuất tất, mờ ám, bất minh, thiên vị, bè phái, con ông cháu cha, quen biết, có quan hệ mới, thân quen, thân hữu, ưu ái
đe dọa, hăm dọa, dọa nạt, dọa dẫm, uy hiếp, khủng bố, trù dập, trả thù, trả đũa, gạ gẫm, gạ tình, đi khách sạn, lập hai danh sách, hai sổ, cưỡng ép, cưỡng đoạt, trấn lột, tống tiền, sàm sỡ, quấy rối, hiếp dâm, xâm hại, lừa tiền, lừa gạt, chiếm đoạt, ăn cắp, ăn trộm, ăn cướp, cướp tiền, móc túi, đánh cắp, cắp tiền, lạm thu, thu khống, thu sai, thu trái, phụ thu
{ai|người nào|kẻ nào} {ăn|lấy|nuốt|bỏ túi|đút túi|hưởng} {phần|tiền|số|hết|mất}, ai ăn, vô túi, vào túi, chảy vào túi, túi riêng, tiền trà nước, tiền cà phê, phí lót, tiền bôi trơn, tiền lo, bồi dưỡng cho cán bộ, biếu xén, quà cáp, phong bao, dúi tiền, bắt bí, ăn dơ, ăn bẩn, làm tiền, moi tiền, kiếm tiền dân, hút máu, sâu mọt

[fraud]
lừa đảo, lừa dân

[papers]
chữ ký, danh sách, hồ sơ, giấy, sổ, thương binh, hộ nghèo, khuyết tật, chứng nhận, bệnh án, giám định

[fake]
=giả, =khống

[give]
đưa, chi, biếu, lo, cho, bồi dưỡng, nhét, dúi, kẹp, đút, cúng, đưa lại, nộp lại, chia lại, trả lại, lại

[pay]
nộp, đóng, góp, đưa, chi, biếu, bồi dưỡng, trả, nộp lại, đưa lại, chuyển

[must]
phải, bắt, ép, buộc, yêu cầu, gợi ý, đòi, kêu, bảo phải, đề nghị, không, muốn

[get]
{thì mới|mới chịu|mới được|mới|thì|để} {ký|duyệt|làm|cho|cấp|giải quyết|xong|ghi tên|đưa|lãnh|lĩnh|nhận|được|có tên|vô|vào|xét|phát}, cho nhanh, thì nhanh, ngâm hồ sơ, ngâm luôn, thì ngâm, nó ngâm, thì không duyệt, không thì, được duyệt, vô danh sách, vào danh sách, muốn nhanh, thì xong, làm tiếp, vô hộ nghèo, vào hộ nghèo

[fee]  # lawful payments
lệ phí, tiền phí, bảo hiểm, tiền điện, tiền nước, học phí, thuế

[envelope]
phong bì, bao thư, phong bao

[take]
đòi, đưa, nhận, lấy, bỏ, xin, vòi, kẹp, chờ, phải có, có

[kin]
người nhà, người thân, họ hàng, anh em, con cháu, cả nhà, gia đình, nhà, vợ, chồng, con, cháu, em, em trai, em gái, anh trai, chị gái, bà con, dòng họ, thằng cháu, thằng con, đứa con, con trai, con gái, con dâu, con rể, cha mẹ, ba má, bố mẹ, bồ, bạn, phe, cánh, người quen, thông gia

[kin2]
người nhà, người thân, họ hàng, dòng họ, con cháu, người quen, phe cánh, bà con {ổng|hắn|nó|mình|họ|ông ấy|bà ấy|của ổng|của ông|của họ|của mình|họ hàng|ruột}, anh em {ổng|nó|hắn|họ|của ổng|của ông|của mình}, vợ {mình|ổng|hắn|của}, gia đình {mình|ổng|hắn|họ}, cho vợ, cho con, cho em, cho cháu, vợ con

[prefer]
ưu tiên, đưa, cho, ghi, chỉ cho, thêm, duyệt, lập, chấm, xét, phát, làm, chỉ lo, để, nhét, chỉ phát, dành, cài

[benefit]
có tên, đều có, cũng có, cũng được, được nhận, được hưởng, hưởng, trong danh sách, hộ nghèo, lãnh tiền, lĩnh tiền, nhận tiền, lãnh gạo, lĩnh gạo, nhận gạo, được tiền, được hết, được duyệt, có phần, có hết, lãnh hết, nhận hết, được lãnh, được lĩnh, trợ cấp

[rich]
giàu, giầu, khá giả, xe hơi, ô tô, nhà lầu, nhà tầng, biệt thự, nhiều đất, đâu có nghèo, không nghèo, chẳng nghèo, khỏe mạnh, khỏe re, có xe, đại gia, dư dả, có của

[still]
mà, vẫn, cũng, lại, được

[sign]
ký thay, ký giùm, ký hộ, ký thế, ký tên thay, ký dùm, ký nhận thay, điểm chỉ thay, lăn tay thay

[instead]
{nhận|lĩnh|lãnh|lấy|rút|hưởng|ký|nhận tiền|lĩnh tiền|lãnh tiền|lấy tiền} {thay|giùm|hộ|dùm|thế|giúp|mất|trộm|lén}, đứng tên, lấy tên, dùng tên, mượn tên, lấy {cccd|căn cước|chứng minh|giấy tờ} của

[secretly]
không biết, không hay, không nói, không cho biết, lén, lén lút, giấu, tự ý, không đồng ý, không nhờ, hổng hay, không có mặt

[signed]
ký, điểm chỉ, lăn tay, ký tên, ký nhận, ký giấy, ký rồi

[withheld]
không {đưa|phát|trả|giao|giao lại|chịu đưa|chịu trả|thấy đưa|đưa lại|đưa đồng|phát tiền|đưa tiền|trả lại}, chẳng đưa, chả đưa, chưa đưa lại, không có tiền, chỉ đưa, đưa có, phát có, đưa thiếu, chưa giao lại

[force]
bắt, ép, buộc, cưỡng

[who-signed]
ai ký, ai lãnh, ai lĩnh, ai nhận, ai lấy, ký của ai, chữ ký ai

[receive]
nhận, lĩnh, lãnh, rút

[short]
chỉ {đưa|phát|cân|trả|giao|chi}, {đưa|phát|cân|giao|trả} có, phát thiếu, đưa thiếu, cân thiếu, không đưa đủ, không phát đủ, không giao đủ

[promise]
hứa, nói sẽ, bảo sẽ, lo cho

[give-now]
đưa, chi, biếu, lo, nộp lại, chia lại, bồi dưỡng

[then]
thì, mới, để, cho nhanh, là xong, là được, sẽ

[give-back]
chia lại, đưa lại, chi lại, cắt lại, để lại, nộp lại

[only]
toàn, toàn là, chỉ toàn, đều là, chỉ có, chỉ cho, chỉ phát cho, toàn cho

[account]
{tài khoản|tk|stk} {vợ|chồng|con|em|riêng|ổng|nó|của nó|của ổng|của họ|người khác|cá nhân|người nhà|khác}

[sell]
đem bán, bán lại, bán bớt, bán ra, đem đi bán, bán

[book]
trên sổ, trong sổ, trên giấy, trong danh sách, sổ ghi, giấy ghi, danh sách ghi, ký nhận

[differs]
khác, chênh, chênh nhau, chênh lệch, nhiều hơn, ít hơn, nhưng đưa, mà đưa, nhưng chỉ, mà chỉ, nhưng phát

[folk]
dân, bà con, người dân, người già, người nghèo

[has-name]
đều có tên, cũng có tên, có tên, hộ nghèo, cận nghèo, đều được, cũng được, thì có, có hết

[hand]
phát, đưa, trả, giao, chi

[lack]
thiếu, hụt

[threat]
dọa, dọa cắt, hăm, hăm he, ép, ép buộc, chửi, chửi bới, đánh, tát, đuổi đánh, xô, xúc phạm, lăng mạ, bóp cổ, nhốt, bịt miệng, cấm nói, cấm khiếu nại, bắt rút đơn, phá hồ sơ, =xé

[wrong]
vi phạm, sai phạm, trái phép, trái quy định, trái luật, không minh bạch, thiếu minh bạch, không công bằng, bất công, gây khó dễ, làm khó, làm khó dễ, cửa quyền, làm bậy, làm láo, tham lam, sai trái, phạm pháp, phạm tội, kỷ luật, xử lý nghiêm, thanh tra, bịp, =lừa, =gạt, lấp liếm, giấu giếm, không công khai tiền, nhậu nhẹt, ăn nhậu, xe công, công quỹ, của công, đánh bạc, cho vay, số đề, thủ tiêu, nuốt lời lấy

[dead]
người chết, chết rồi, đã chết, người đi xa, không có thật, không tồn tại, không ở địa phương, đi nước ngoài

[list]
danh sách, kê, khai, ghi tên, lập, vẫn có tên, có tên

[receipt]
không biên lai, không có biên lai, không hóa đơn, không có hóa đơn, không giấy tờ, không ghi sổ, không có phiếu, không phiếu

[collect]
thu, thu tiền, nộp, đóng, gom

[secret]  # wants the name kept
giấu tên, giữ kín, giữ bí mật, không dám nói tên, xin giấu, đừng nói tên, bảo vệ tôi, sợ bị trả thù, sợ bị trù, đừng cho ai biết, không dám nói

[proof]
bằng chứng, chứng cứ, ghi âm được, quay phim được, có nhân chứng, có ghi âm, có video

[en-grave]
bribe, bribes, bribed, bribery, bribing, corrupt, corruption, embezzle, embezzled, embezzlement, embezzling, stole, stolen, steal, steals, stealing, theft, thief, extort, extortion, extorting, kickback, kickbacks, forged, forging, forgery, denounce, denunciation, nepotism, fraud, fraudulent, under the table, blackmail, harass, harassed, abused, abuse of power, ghost names, {fake|false|invented|made up} {name|names|list|lists|signature|signatures|people|records|papers|documents|beneficiaries}, {pocketed|pockets|pocketing|skimmed|skims|skimming}, threatened, threatens, threatening, threat, cheated, cheating, cheats, misused, misusing, laundering, favouritism, favoritism, whistleblower, report a crime

[en-actor]
officer, official, officials, chief, head, chairman, chairwoman, clerk, accountant, secretary, leader, staff, postman, cadre, policeman, police, treasurer, vice chairman, he, she, they, someone, somebody, neighbour, neighbor, councillor, postal worker, teller

[en-take]
took, takes, taking, take, taken, keeps, kept, keep, keeping, asked for, asks for, asked me for, asks me for, asking for, asked us for, demanded, demands, demand, wants, wanted, withdraws, withdrew, deducted, deducts, charged, charges, spends, spent, collects for himself, held back, withheld

[en-goods]
money, cash, envelope, rice, dong, million, thousand, card, cut, share, gift, fee, tip, percent, half, allowance, support, @money

[en-kin]
relatives, relative, his family, her family, his brother, his wife, his son, her son, family members, cousin, cousins, nephew, friends, own people, own family

[en-give]
gives, gave, give, puts, put, listed, adds, added, favours, favors, approves, approved, only for, only

[en-family]
family, relatives, relative, son, sons, wife, brother, brothers, daughter, cousin, cousins, nephew, friends, children

[en-gets]
gets, get, got, has, have, receives, receive, received, are on, is on, listed, all

[en-sign]
signed for, signed in, signed my, signed her, signed his, collected my, collected her, collected his, collected in, took in my name, used my name, used her name, using my

[en-pay]
pay, paid, give, gave, paying

[en-get]
to get approved, to be approved, to sign, before signing, or nothing happens, it will be done, will be quick, quickly, faster, to be on the list, to get on the list, or else, to approve, extra to, to process, to speed

(accuse)
4 grave
4 fraud /can
4 actor -self -says -ask seize ~6 goods
4 they -self -says -ask seize ~6 goods
4 title ~3 -self -ask seize ~4 cash /ask /can
4 actor -self -says -ask cut ~5 cash
4 they ~3 -self -says -ask cut ~4 cash
4 actor -self cut ~3 people
4 seize ~4 crowd
4 seize ~3 cash ~2 crowd
4 actor -self -says seize ~4 -file people
4 they -self -says seize ~4 -file people
4 papers ~4 fake
4 actor ~6 fake
4 must ~3 give ~4 cash ~8 get
4 give ~3 cash ~6 actor
4 pay ~4 cash ~5 actor
4 get ~8 must ~3 pay ~4 cash
4 actor ~4 must ~4 pay ~4 cash /fee
4 they ~4 must ~5 pay ~4 cash
4 get ~6 give ~4 cash
4 actor ~5 must ~3 give ~4 goods
4 actor ~6 take ~3 envelope
4 take ~2 envelope ~8 get
4 must ~3 take ~2 envelope
4 must ~3 envelope
4 kin ~1 actor ~8 benefit
4 kin ~2 title ~2 actor ~8 benefit
4 kin ~0 they ~8 benefit
4 actor -self ~5 prefer ~4 kin2
4 they ~3 prefer ~4 kin2
4 rich ~6 still ~6 benefit
4 kin2 ~8 benefit
4 someone ~4 sign /can
4 they ~4 sign /can
4 actor ~4 sign /can
4 title ~3 sign /can
4 someone ~4 instead /can
4 actor ~4 instead ~8 withheld
4 they ~4 instead ~8 withheld
4 instead ~8 secretly
4 instead ~8 who-signed
4 who-signed ~8 instead
4 instead ~5 withheld
4 signed ~8 withheld
4 force ~3 signed
4 force ~4 people ~3 signed
4 actor -says threat
4 they ~4 threat
4 title ~4 threat
4 threat ~4 actor
4 actor ~8 wrong
4 they ~4 wrong
4 list ~6 dead
4 dead ~6 seize
4 collect ~8 receipt
4 actor ~6 dead
4 goods ~6 actor -self -says -ask ~3 seize
4 actor ~2 hand ~4 lack ~2 cash
4 actor ~2 short
4 actor ~1 kin ~3 has-name
4 actor -self -says ~4 kin -self ~4 has-name
4 kin ~1 actor ~3 has-name
4 actor -self -says -ask receive ~3 -file people /ask /can
4 actor -self -says -ask receive ~3 goods ~3 people /ask /can
4 actor -self -says receive ~3 goods ~8 withheld
4 actor -self -says receive ~4 cash ~4 promise
4 pay ~3 they ~3 cash
4 pay ~3 actor ~3 cash
4 actor ~4 give-now ~2 cash ~3 then
4 they ~4 give-now ~2 cash ~3 then
4 actor ~3 give-back ~3 cash
4 they ~4 give-back ~3 cash
4 only ~3 kin2
4 kin2 ~1 actor
4 actor ~8 account
4 they ~8 account
4 goods ~8 account
4 actor ~4 sell ~3 goods
4 goods ~3 sell
4 book ~4 differs ~4 cash
4 cash ~4 book ~6 differs
4 force ~1 folk
4 wrong ~3 actor
2 secret
2 proof
2 actor
4 en-grave
4 en-actor ~4 en-take ~5 en-goods
4 en-give ~6 en-kin
4 en-actor ~1 en-family ~3 en-gets
4 someone ~0 en-sign
4 en-actor ~2 en-sign
4 en-pay ~6 en-get
