# What a citizen wants. lexicon.go says how to read this file. A rule of 6 points alone is enough to act; two that are close make
# the program ask. Names are those of the list of intents in understand.go.

[mask]
{tới|đến} {đâu|mô}, hộ nghèo rồi, mệt muốn chết, chờ muốn chết, đợi muốn chết, nóng muốn chết, giá trị, đánh giá, xin chào, học phí, giữ chỗ, mất điện, mất tiền, mất công, mất thời gian, mất mấy ngày, mất bao lâu, tờ khai, tình hình, chi trả, khai tử, khai sinh
bà con, con em, đơn thân, đơn giản, tiếng đồng hồ, hai tiếng, ba tiếng, mấy tiếng, 2 tiếng, 3 tiếng, trước khi, trợ giúp viên, ăn cơm tháng

[when]
{khi|chừng|hôm|bữa|ngày|lúc|tháng|đợt} nào, {bao|mấy} giờ, hồi nào, {khi|bữa|hôm|ngày} mô, mùng mấy, mồng mấy, ngày mấy, ngày bao nhiêu, bữa mấy, bao lâu nữa, ngày chi trả, ngày phát, ngày lĩnh, ngày lãnh, ngày nhận, giờ phát, lịch, bao h, mấy bữa nữa

[yet]
có chưa, phát chưa, về chưa, tới chưa, có tiền chưa

[payday]
{ngày|lịch|giờ|hôm} {chi trả|phát|lĩnh|lãnh|nhận|trả} , lịch {lĩnh|lãnh|nhận|phát|trả} {tiền|gạo|quà|lương}

[pay]
phát tiền, chi trả, phát, lãnh tiền, lĩnh tiền, nhận tiền, lãnh, lĩnh, có tiền, tiền về, trả tiền, lấy tiền, phát gạo, phát quà, phát lương, có lương, được tiền, nhận, tiền vào, rút tiền, cấp tiền

[money]
tiền, trợ cấp, lương, gạo, quà, bảo trợ, chế độ, hỗ trợ, truy lĩnh, tiền tết, chuyển khoản, =ck

[cash]
tiền, @money, ngàn, nghìn, triệu, trăm, đồng

[nothing]
{chưa|không|chẳng|chả} {có|thấy|nhận|lãnh|lĩnh|được|vào|về|nhận được|lãnh được|lĩnh được|thấy có|có về}, chưa ai phát, sao chưa, chưa đồng

[dong]
đồng nào, đồng mô, xu nào, cắc nào, tiền, chi hết, gì hết, trong tài khoản, tài khoản, tk

[notgot]
{chưa|không|chẳng} {lãnh|lĩnh|nhận được|lãnh được|lĩnh được|có lãnh|có lĩnh|nhận tiền|lãnh tiền|lĩnh tiền|thấy tiền|có tiền|thấy tiền về}

[othersgot]
{có tiền|nhận|lãnh|lĩnh|có} rồi mà, {có tiền|nhận|lãnh|lĩnh} rồi còn, {lãnh|lĩnh|nhận} {hết|hết rồi|rồi}, người ta nhận, người khác nhận rồi

[not-yet]
chưa, không, thì chưa, thì không

[notlisted]
{không|chưa} {có tên|thấy tên} trong danh sách, danh sách không có, không có tên

[dossier]
hồ sơ, đơn xin, giấy xin, đơn trợ cấp, đơn hộ nghèo, nộp đơn xin, nộp giấy, nộp đơn trợ cấp, đơn đề nghị trợ cấp, hồ sơ trợ cấp, thủ tục, {giấy tờ|giấy} của, giấy tờ đã nộp, giấy tờ đã nộp, đơn đăng ký, mã hồ sơ

[stage]
ở đâu rồi, đang ở đâu, nằm ở đâu, {tới|đến} {đâu|mô|bước nào|khâu nào|giai đoạn nào}, bước nào, tình trạng, {xong|duyệt|xét|ký|có kết quả|giải quyết|xử lý|được} chưa, kết quả sao, kết quả, xử lý, {bao giờ|khi nào|chừng nào} {thì có|có} quyết định, {bao giờ|khi nào|chừng nào} xong, chưa thấy {gì|gì hết|ai gọi|trả lời|kết quả|chi}, chưa {có kết quả|xong|duyệt|ai gọi|trả lời}, lâu rứa, lâu quá, lâu vậy, lâu thế, lâu dữ, bị làm sao, bị gì, sao rồi, ra sao rồi, thế nào rồi, răng rồi, hẹn ngày nào, có quyết định chưa, có quyết định

[lookup]
tra, tra cứu, kiểm tra, xem giúp, xem giùm, coi giùm, coi giúp, hỏi giùm, hỏi giúp, hỏi thăm, xem hộ, tra giúp, tra giùm

[duyet]
duyệt chưa, xét chưa, được duyệt chưa, xét duyệt tới đâu

[code]
@code

[howmuch]
bao nhiêu, mấy {triệu|trăm|đồng|ngàn|nghìn|chục|tiền|ký|kg|cân|củ}, nhiêu tiền, bao nhiêu tiền, mức, được nhiêu, mức trợ cấp, mức hưởng, nhiêu

[support]
@money, tiền, trợ cấp, lương, gạo, hỗ trợ, mai táng phí, mai táng, khuyết tật, liệt sĩ, thương binh, hộ nghèo, cận nghèo, một tháng, mỗi tháng, được, chế độ, tiền già, người già, tuổi già, nhân khẩu

[why]
sao, tại sao, vì sao, răng, lý do, lí do

[number]
@number, @money

[notbe]
không phải, chứ không phải, mà không phải, thay vì

[how-so]
là sao, là thế nào, sao vậy, là răng, sao kỳ

[less]
ít hơn, thiếu, giảm, hụt, bớt, thấp hơn, kém hơn, ít đi, ít lại, không đủ

[deducted]
bị trừ, trừ khoản, trừ gì, sao trừ, bị khấu trừ

[or]
hay, hoặc

[may]
có {được|đc}, {được|đc} {hưởng|trợ cấp|hỗ trợ|nhận|tiền|hộ nghèo|chế độ}, trong diện, thuộc diện, có chế độ, có tiêu chuẩn, đủ điều kiện, có nằm trong, có thuộc, được xét, có trợ cấp, được hộ, hưởng thêm

[no]
không, ko, hay không, không hè, không ta, chưa

[questions]
ai được hưởng, ai thì được, ai được nhận, người nào được, điều kiện hưởng, điều kiện để, điều kiện gì, đối tượng nào, diện nào, tiêu chuẩn gì, bao nhiêu tuổi thì, mấy tuổi thì, mấy tuổi được

[needwhat]
{giấy tờ|giấy|hồ sơ} cần thiết, cần thiết để, {cần|đem|mang|đem theo|mang theo|phải có|nộp|làm|cần mang|cần đem|cần mang theo|cần nộp|chuẩn bị|phải đem|phải mang|gồm|gồm có} {gì|chi|những gì|giấy gì|giấy tờ gì|giấy tờ chi|những giấy|những giấy gì|cái gì|cái chi|mấy giấy}, giấy tờ gì, giấy gì, những giấy gì, hồ sơ gồm, thủ tục gồm, cần thủ tục gì, thủ tục gì

[paper]
giấy tờ, giấy, công chứng, bản sao, bản chính, bản gốc, photo, bệnh án, xác nhận, chứng minh, căn cước, khai sinh, khai tử, chứng tử, sổ hộ khẩu, ảnh

[need]
cần, phải có, có cần, phải, đem

[copy]
bản sao, bản chính, bản gốc, photo, phô tô, công chứng, bản copy

[ok]
có được, được không, được không ạ, hay phải, có cần

[form]
mẫu, mẫu đơn, mẫu số, tờ khai, mẫu nào, mẫu giấy

[where]
ở đâu, ở mô, chỗ nào, nơi nào, ở chỗ nào, lên đâu, ra đâu, tới đâu nộp, đến đâu nộp, {ủy ban|xã|phường|phòng|cơ quan|điểm|quầy} nào, đi đâu, qua đâu, gửi đâu, nộp đâu, xã mới hay xã cũ, xã cũ hay xã mới, {hỏi|làm|xin|nộp|ra|về|tìm} đâu

[apply]
nộp, nộp hồ sơ, làm hồ sơ, làm đơn, làm giấy, làm, đăng ký, xin, hỏi, gửi hồ sơ, làm thủ tục, nộp đơn, nộp giấy

[applyat]
nộp ở, nộp tại, nộp qua, làm ở, nộp bên

[isit]
à, hả, phải không, đúng không, không ạ, có phải, hay

[online]
online, qua mạng, trực tuyến, dịch vụ công, bưu điện có nhận hồ sơ, có nhận hồ sơ, gửi qua bưu điện, nộp giùm, nộp hộ, nộp thay

[office]
trung tâm hành chính công, hành chính công, một cửa, bộ phận một cửa, trụ sở, ủy ban, xã mới, phòng lao động, điểm tiếp nhận, trung tâm phục vụ

[complain]
khiếu nại, muốn khiếu nại, khiếu kiện, kiện

[unjust]
không đồng ý, không phục, oan, oan quá, oan ức, =oan, là sai, như vậy là sai, {xem xét|xét|chấm|xem|rà soát|thẩm định} lại, chấm sai, chấm thế là sai, thế là sai, bất công, vô lý, không thỏa đáng, không chấp nhận, quyết định sai, đòi lại quyền lợi, phản đối

[decision]
quyết định, gạch tên, từ chối trợ cấp, cắt trợ cấp, bị cắt, cắt tiền, xã nói, bên xã, không đủ điều kiện, thu hồi, khuyết tật, hộ nghèo, mức độ, kết quả, xã, danh sách, loại khỏi, xóa tên, dừng trợ cấp

[cutoff]
{cắt|ngưng|dừng|gạch|loại} {trợ cấp|chế độ|tiền|hộ nghèo|tên}, bị cắt, gạch tên, xóa tên, thu hồi

[nopaper]
không có giấy tờ, không báo, không có quyết định, không giải thích, không nói lý do, mà không có

[keptout]
không cho {nhà|tôi|tui|vô|vào|hưởng|gia đình}, không được xét, không cho vô, không cho vào

[crime]
tố cáo, tố giác, ăn chặn, tham nhũng, hối lộ, lót tay, chung chi, kê khống, kê khai khống, bớt xén, bỏ túi, danh sách giả, lấy bớt, nhận phong bì, đòi phong bì, vòi vĩnh

[petition]
kiến nghị, phản ánh, góp ý, đề xuất, đề nghị, ý kiến, mong xã, mong ủy ban, đề bạt, đề đạt

[petitionword]  # what was sent before
khiếu nại, kiến nghị, phản ánh, đơn khiếu nại, đơn kiến nghị, đơn phản ánh, đơn, lá đơn, đơn thư, ý kiến, góp ý, mã đơn, pa

[answered]
{tới|đến} {đâu|mô}, giải quyết xong, {giải quyết|trả lời|xử lý|xem xét|thụ lý} chưa, {ai nhận|có ai nhận|có kết quả|xong|nhận được|nhận} chưa, không thấy {trả lời|ai trả lời|ai gọi|gì}, chưa {trả lời|thấy trả lời|giải quyết|ai trả lời|có trả lời|thấy ai|có kết quả|xong}, kết quả, sao rồi, thế nào rồi, ra sao, tình trạng, giải quyết đến đâu, tiến độ

[settled]
giải quyết lần đầu, giải quyết lần hai, quyết định giải quyết, giải quyết xong đơn, giải quyết đơn, thụ lý chưa, đã thụ lý

[wish]
{sửa|mở|đổi|dời|bố trí|tăng|giảm|thêm|hạ|xây|làm|lắp|kê} {giùm|giúp|thêm|lại|sớm|giá|cho}, sửa giùm, nên, bố trí, mở thêm, mấy anh sửa

[broken]
{loa|đường|đèn|cầu|nước|nhà văn hóa|mương|cống|điện|điểm phát tiền|máy} {hỏng|hư|xấu|lầy|lầy lội|dột|bẩn|ngập|không nghe|không ai nghe|rè|chật|đông}, không ai nghe, hẹn lên hẹn xuống, trễ giờ, đông quá, chờ lâu, xếp hàng lâu, lầy lội, ổ gà, mất nước

[device]
loa, đường, đèn, cầu, cống, mương, nhà văn hóa, điểm phát, điểm chi trả, nước, ghế, mái, trạm bơm, máy bốc số

[damage]
hư, hỏng, xấu, lầy, dột, bẩn, ngập, rè, chật, đông, thiếu, nhỏ, tối, nứt, sập, nghẹt

[add]
bổ sung, gửi thêm, nộp thêm, thêm giấy, gửi bổ sung, thêm giùm, thêm thông tin, thêm giúp, ghi thêm, kê thêm

[miswrote]
ghi sai, ghi nhầm, viết sai, viết nhầm, khai nhầm, khai sai, sai {năm|ngày|tháng} sinh, sai ngày, sai tên, nhập sai, đúng là, sửa lại

[photo]
hình, ảnh, hình chụp, ảnh chụp, file, bản chụp, giấy khai tử, giấy xác nhận

[send]
gửi ở đâu, gửi đâu, gửi vô đâu, gửi vào đâu, gửi qua đâu, gửi ở mô

[account]
số tk, số tài khoản, =stk, đc mới, địa chỉ mới, chi trả mới, tài khoản mới

[one-more]
còn một đứa, chưa kê, còn một người, còn thiếu một, thêm một người, chưa khai

[staff]
cán bộ, nhân viên, người thật, người phụ trách, anh chị, lãnh đạo, chủ tịch, ai đó, người, tổng đài viên, tư vấn viên, thương binh xã hội, phòng

[meet]
gặp, cần gặp, muốn gặp, cho gặp, xin gặp, nói chuyện với, nói chuyện, trao đổi với, gọi điện cho {tôi|tui|em|mình|con}, gọi cho {tôi|tui|em|mình}, gọi lại cho, kêu người, gọi lại, liên hệ với, nối máy

[callme]
gọi điện cho {tôi|tui|em|mình|con|cháu}, gọi cho {tôi|tui|em|mình} , kêu người ra, gọi lại cho {tôi|tui|em|mình}, nói chuyện với người, gặp cán bộ, gặp người, gặp nhân viên, tôi không rành nhắn, không rành nhắn

[phone]
số điện thoại, số máy, đường dây nóng, hotline, điện thoại

[give]
xin, cho xin, cho, cho tôi xin, cho biết, gọi số nào, số nào

[have]
có, cho

[there]
có đó không, có ở đó không, có đây không, có ai trực, phụ trách

[language]
tiếng {anh|việt|khmer|khơ me|khmer không|ba na|bana|xơ đăng|xê đăng|gia rai|jrai|ê đê|ede|thái|mông|hmong|tày|nùng|dao|chăm|hoa|mường|kinh|trung|dân tộc|mẹ đẻ|cơ ho|raglai|mnông|stiêng}, english, vietnamese, khmer, speak english, in english

[change]
nói, chuyển, chuyển sang, đổi, có, chuyển lại, dùng, please, bằng, không

[can-help]
giúp được gì, giúp gì, làm được gì, hỗ trợ được gì, hướng dẫn sử dụng, hướng dẫn dùng, cách dùng, cách sử dụng, cách xem, cách coi, dùng thế nào, dùng sao, dùng làm sao, xài sao, xài thế nào, làm gì tiếp, phải làm gì, phải làm sao, phải làm răng, bấm gì, nhắn gì, nhắn sao, soạn tin sao, cú pháp, trợ giúp, cái ni răng, chỉ tôi cách, chỉ tui cách, chỉ cách, không biết dùng, không biết làm, menu, giúp tôi với, giúp tôi với ạ, giúp tui với, cần giúp đỡ, hướng dẫn tôi, hướng dẫn em, hướng dẫn tui

[help-me]
giúp tôi, giúp tui, giúp em, giúp con, giúp với, giúp

[hello]
chào, xin chào, alo, a lô, hi, hello, hey, chào bác, kính chào, có ai ở đây, có ai ở đây không, có ai không, good morning, good afternoon

[thank]
cảm ơn, cám ơn, cảm mơn, cám mơn, thank you, đội ơn, biết ơn, tạ ơn, mang ơn

[stopit]
thôi, hủy, bỏ đi, bỏ qua đi, dừng lại, khoan đã, ngưng, dừng, {không|khỏi} {gửi|làm|nộp|khai|cần|hỏi} nữa, thôi không, quay lại từ đầu, làm lại từ đầu, bắt đầu lại, {tôi|tui|em} nhầm, rút lại đơn, rút đơn, rút lại, hủy đơn, hủy bỏ, không muốn làm nữa, thôi khỏi, cancel, start over

[alone-stop]
dừng, ngưng, hủy

[messages]
nhắn tin, nhắn, tin nhắn, gửi tin, thông báo, nhận tin, gửi, tin, nhận thông báo

[dont]
đừng, đừng có, ngưng, ngừng, dừng, hủy, từ chối, không muốn, tắt, thôi, không nhận, chặn, bớt

[dontmsg]
đừng {nhắn|gửi|có nhắn|có gửi|nhắn tin|gửi tin}, {ngưng|ngừng|dừng} {nhắn|gửi|nhắn tin|gửi tin}, từ chối nhận, hủy nhận, không muốn nhận, tắt thông báo, hủy đăng ký, không nhận tin nữa, nhắn hoài, stop sending, unsubscribe, do not text, dont text, stop texting, stop messaging

[annoyed]
phiền, phiền quá, hoài, làm phiền, mệt

[again]
lại, trở lại, lại bình thường, như cũ

[receive-msg]
nhận tin, nhận thông báo, tin lại, nhận tin nhắn, nhắn tin lại, gửi tin lại

[turnon]
mở lại, bật lại, đăng ký lại, đăng ký nhận {tin|thông báo|lại}, cho đăng ký lại, nhận tin lại, nhận lại tin, nhận lại thông báo, subscribe again, start again messages

[register]
dk, đk, đăng ký

[not-me]
nhầm số, lộn số, nhầm người, lộn người, sai số, sai người, không phải người này, không phải {tôi|tui|của ông|của bà|số của|người đó|mẹ tôi}, người khác, không biết ai, không quen ai, ai tên đó, {tôi|tui|em} đâu có {xin|nộp|đăng ký|làm}, tôi không có nộp, wrong number, wrong person, not me, nhầm máy, lộn máy, {nhắn|gửi|gọi} {lộn|nhầm|sai}, không có ai tên, không có người tên, không ai tên, không phải của ông, không phải của bà

[iam-not]
{tôi|tui|em|mình|con|cháu} không phải, {tôi|tui|em|mình} không phải là, đây không phải

[newsim]
sim này tôi mới mua, sim mới mua, số này mới mua, sim mới, số này tôi mới, mới mua sim, mới mua số

[why-msg]
mà nhắn, mà gửi, sao nhắn, sao gửi

[person]
ông, bà, mẹ, má, mạ, mệ, ba, bố, cha, tía, thầy, u, chồng, vợ, con, anh, chị, em, cụ, người này, bác, chú, cô, dì, dượng, cậu, mợ, ổng, bả, người đó, người nhận, người tên, nội, ngoại, he, she, father, mother, husband, wife, grandmother, grandfather

[dead]
mất rồi, đã mất, qua đời, mới mất, vừa mất, mất hôm, mất tuần, mất năm, mất tháng, mất hồi, đã chết, chết rồi, từ trần, tạ thế, khuất núi, mất lâu rồi, mất từ, không còn nữa, không còn sống, died, has died, passed away, is dead

[lost]
thẻ, sim, giấy, sổ, máy, điện thoại, số, mã, bóp, ví, tiền

[funeral]
mai táng, mai táng phí, chôn cất, tử tuất

[sim]
sim, số, sdt, số điện thoại

[newnumber]
{đổi|thay|cập nhật|sửa} {số|sim|số điện thoại}, số mới, số điện thoại mới, sim mới, xài số này, dùng số này, số cũ, qua số {con|của con|vợ|chồng|cháu|em|anh|chị}, sim cũ, new number, change my phone, change number, new phone, update my phone, nhắn qua số, gửi qua số, gửi tin qua số

[erase]
xóa, xóa hết, xóa hộ, xóa bỏ, đừng giữ, đừng lưu, không muốn {lưu|giữ}, không cho lưu, không giữ, hủy bỏ, gỡ, delete, remove, erase

[data]
thông tin, dữ liệu, cuộc trò chuyện, số căn cước, căn cước, cá nhân, tin nhắn này, lịch sử, đoạn chat, số điện thoại, tên, hết, my data, my information, data, information

[hold]
{giữ|lưu|có} {những|} thông tin gì, giữ những thông tin, lưu những gì, lưu dữ liệu, đồng ý lưu, rút lại đồng ý, rút đồng ý, giữ thông tin gì, what do you hold, what data, dữ liệu cá nhân

[notours]
giá lúa, giá vàng, giá phân, giá cà phê, giá heo, thời tiết, trời mưa, trời nắng, trời nóng, trời lạnh, ăn cơm chưa, ăn cơm, căn cước gắn chip, làm căn cước, hộ chiếu, vay tiền, vay vốn, thẻ ngân hàng, tiêm vắc xin, vắc xin, tiêm chủng, tiêm cho, bác sĩ, trạm y tế, bệnh viện, xổ số, kết quả xổ số, bóng đá, lương hưu của, bảo hiểm y tế, bảo hiểm xã hội, bảo hiểm thất nghiệp, bằng lái, giấy phép lái xe, sổ đỏ, đăng ký kết hôn, sổ hồng, mấy giờ rồi, bạn tên gì, bạn bao nhiêu tuổi, yêu, kể chuyện, hát, thơ, weather

[danger]
muốn chết, tự tử, tự vẫn, tự sát, chết quách, chết cho rồi, chết cho xong, không muốn sống, chán sống, không thiết sống, kết liễu, uống thuốc sâu, thuốc rầy, nhảy sông, nhảy cầu, treo cổ, {giết|đâm|chém} {tôi|tui|em|nó|hắn|ổng|người|vợ|chồng|con|hết|cha|mẹ}, đánh chết, bạo hành, bạo lực, bị đánh, bị chồng đánh, chồng đánh, đánh đập, hiếp dâm, xâm hại, cứu với, cứu tôi, cứu tui, kêu cứu, cấp cứu, cháy nhà, nhà cháy, lũ cuốn, sạt lở, sập nhà, nước cuốn, đuối nước, mắc kẹt, nguy hiểm tính mạng, suicide, kill myself, want to die, kill me, hurt myself, end my life, beats me, beat me, emergency

[en-status]
status of, my application, my file, application status, my case, track my, where is my application, how far

[en-status-q]
status, where, progress, yet, how is, how far, check, approved, tracking

[en-when]
when, what day, what date, which day, what time, schedule

[en-pay]
payment, paid, pay, money, support, allowance, payout, rice

[en-missing]
not received, not receive, have not, has not, haven, hasn, did not get, didn t get, no money, not got, never got, still waiting, not arrived, did not arrive

[en-much]
how much, amount, less than, lower than, deducted

[en-may]
eligible, qualify, entitled, can i get, can i receive, can my, am i allowed, do i qualify

[en-docs]
what documents, which documents, what papers, which papers, documents do i need, papers do i need, what do i need, need to bring, should i bring, required documents, documents needed, do i bring

[en-where]
where do i, where can i, where to, where should i, which office

[en-apply]
apply, submit, register, file, hand in

[en-complaint]
complain, complaint, appeal, disagree, object to, unfair

[en-petition]
suggest, suggestion, propose, feedback, report a problem, loudspeaker, road, queue

[en-staff]
talk to, speak to, speak with, talk with, human, real person, an officer, a person, operator, agent, call me

[en-help]
help, what can you do, how does this work, how to use, instructions

[en-cancel]
cancel, never mind, nevermind, forget it, start over, go back

(check_status)
7 dossier ~16 stage
6 stage ~6 dossier
6 lookup ~5 dossier
6 dossier ~6 lookup
5 dossier ~12 nothing
4 code
6 lookup ~6 code
6 code ~8 stage
6 dossier ~3 code
5 duyet
3 dossier ~8 when
6 en-status ~6 en-status-q
6 en-status-q ~4 en-status
5 en-status

(payout_date)
7 when ~5 pay /dossier
6 payday /dossier
6 money ~8 yet /dossier
6 pay ~8 when /dossier
5 when ~5 money /dossier
5 money ~6 when /dossier
6 pay ~2 where /dossier
5 en-when ~6 en-pay

(payout_missing)
7 money ~10 nothing /dossier /petitionword
7 nothing ~4 money /dossier /petitionword
6 nothing ~2 dong /dossier
6 notgot /dossier
6 othersgot ~8 nothing
6 othersgot ~5 not-yet ~0 $
6 pay ~10 nothing /dossier
5 notlisted
6 pay ~12 notlisted
7 en-missing ~6 en-pay
5 en-pay ~6 en-missing

(payout_amount)
7 howmuch ~6 money
7 money ~8 howmuch
6 support ~8 howmuch
6 howmuch ~3 support
7 why ~6 number ~4 notbe
6 number ~4 number ~2 how-so
7 deducted ~3 cash
7 cash ~4 deducted
7 number ~1 or ~1 number
6 cash ~8 less
6 less ~3 cash
6 en-much ~6 en-pay
5 en-pay ~6 en-much

(eligibility)
7 may ~10 no /copy
5 questions
6 en-may

(required_documents)
8 needwhat
7 need ~4 paper ~6 no
7 need ~3 paper
8 copy ~4 ok
10 form ~5 where
7 paper ~6 form
6 paper ~8 ok
8 en-docs

(where_to_apply)
8 apply ~6 where
8 where ~3 apply
8 office ~3 where
8 office ~6 apply ~6 where
7 applyat ~4 isit
7 applyat
8 online
7 where ~6 dossier
7 en-where ~3 en-apply

(file_complaint)
7 complain
8 unjust ~8 decision
8 decision ~14 unjust
6 unjust
8 cutoff ~10 nopaper
8 cutoff ~8 unjust
5 cutoff
8 complain ~4 keptout
6 keptout
7 en-complaint

(file_denunciation)
8 crime

(file_petition)
7 petition /unjust
8 petition ~8 wish /unjust
6 wish ~8 broken
7 broken ~12 wish
6 broken
6 device ~4 damage
8 broken ~8 petition
5 en-petition

(complaint_status)
9 petitionword ~8 answered /dossier
8 settled
7 answered ~4 petitionword /dossier
7 en-complaint ~6 en-status-q

(add_information)
8 add
8 miswrote
8 photo ~4 send
7 account ~4 number
8 one-more

(talk_to_staff)
8 meet ~2 staff
9 callme
8 give ~2 phone
8 phone ~8 give
8 have ~1 phone ~6 no
8 staff ~6 there
7 en-staff

(change_language)
8 change ~3 language
8 language ~4 change
9 ^ ~0 language <=5
6 language

(help)
8 can-help
7 ^ ~1 en-help <=6
6 ^ ~1 help-me ~1 $

(greeting)
7 ^ ~2 hello <=9
3 ^ ~1 hello

(thanks)
7 thank <=12
4 thank

(cancel)
7 ^ ~3 stopit <=7
5 stopit
6 ^ ~1 en-cancel <=5

(stop_messages)
9 dontmsg /dead
7 dont ~1 messages /dead
8 messages ~3 annoyed
6 ^ ~0 alone-stop ~0 $

(resume_messages)
9 receive-msg ~3 again
9 turnon
6 ^ ~0 register ~1 $

(wrong_person)
9 not-me
9 newsim
8 not-me ~8 why-msg
8 iam-not ~0 person

(deceased)
9 person ~4 dead /lost /funeral
7 ^ ~0 dead

(update_phone)
9 newnumber
8 sim ~3 dead

(delete_my_data)
10 erase ~4 data
10 hold

(safety)
14 danger

(other)
10 notours
