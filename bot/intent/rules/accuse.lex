# What may accuse a person of a violation (tố cáo). Four points seal a text. When in doubt a text is sealed: a report that is sealed
# wrongly costs a person one more step, a denunciation that is shown wrongly can cost them much more.
# lexicon.go says how to read this file.

[mask]  # plain words that contain a suspicious one
thu nhập, thu hồi, thu hoạch, thu mua, thu xếp, thu âm, lấy số, lấy giấy, lấy hồ sơ, chi trả, không ký được, ký không được, lấy mẫu, lấy kết quả, lấy gì, lấy ở đâu, lấy ý kiến, lấy chồng, lấy vợ
{thu|đóng|nộp} {tiền|phí} {rác|điện|nước|học|thuế}, {thu|đóng|nộp} {học phí|hội phí|thuế|đảng phí}, yếu tố, nhân tố, tố chất, khống chế
ăn cơm, ăn uống, ăn tết, ăn ở, ăn học, làm ăn, dầu ăn, thức ăn, ăn mặc, ăn sáng, ăn trưa, ăn tối, khó khăn
hồ sơ, hộ nghèo, hộ cận nghèo, hộ khẩu, hộ dân, hộ gia đình, hỗ trợ, họ tên, họ và tên, mỗi hộ, các hộ, từng hộ, bảo hộ, hộ lý, giúp hộ, hộ tôi, hộ em
đánh máy, đánh dấu, đánh giá, đánh cá, đánh số, đánh vần, ép dầu, ép nhựa, gia đình, danh sách, khuyết tật, bị tật, đòi hỏi, nó là, người giả vờ
bồi dưỡng nghiệp vụ, bồi dưỡng sức khỏe, lớp bồi dưỡng, giữ liên lạc, giữ chỗ, giữ trẻ, giữ gìn, cắt điện, cắt nước, cắt sóng, cắt lúa, cắt hẹn, chia sẻ, chia buồn, chia tay
{điện thoại|đt|sdt} {ủy ban|của ủy ban}, nhận tiền ở đâu, lấy tiền ở đâu, lãnh tiền ở đâu, lĩnh tiền ở đâu, bớt đi, bớt đông, bớt chờ, nó có, nó không, con cán bộ ơi

took {so|too} long, {took|takes|take|taking} {two|three|four|five|six|many|several|so many|2|3|4|5|6} {hours|days|weeks|months|minutes}, takes too long, take care, take a number, takes hours, took hours
em ruột, em vợ, em chồng

[self]
tôi, tui, chúng tôi, chúng em, tụi tui, nhà {em|cháu|mình|con}, của {em|cháu|con}, {mẹ|má|ba|bố|cha|bà|ông|chồng|vợ} {em|cháu|con}
{em|cháu|con} {muốn|hỏi|có|đi|nộp|lấy|lên|xin|nhận|lĩnh|lãnh|cần|chưa|gặp|với|không}, cho {em|cháu|con} {hỏi|xin|biết|gặp|lấy|nhận|với}

[ask]
hỏi, nhờ, giúp, giùm, ơi, hướng dẫn, chỉ giúp, chỉ tôi, khi nào, bao giờ, chừng nào, ở đâu, chỗ nào, mấy giờ, hôm nào, ngày nào, bữa nào, làm ơn, cần gì, đem gì, mang gì

[can]  # asks whether something is allowed
được không, có được, được hông, được ko, có phải, phải không, cần giấy, cần gì, thì cần, ai được

[says]
hướng dẫn, nói, bảo, kêu, báo, hẹn, nhắn, thông báo, cho biết, dặn, giúp, chỉ, ơi, trả lời, giải thích

[actor]
cán bộ, công chức, viên chức, nhân viên, {trưởng|phó} {ấp|thôn|xóm|khóm|bản|buôn|làng|phum|sóc|tổ|khu|phòng|ban|đoàn|công an|trạm}
{ấp|thôn|xóm|khóm|bản|làng|tổ|khu|hội} trưởng, {chủ tịch|bí thư|kế toán|thủ quỹ|thủ kho|văn thư|địa chính|xã đội|dân phòng|công an|giám đốc|lãnh đạo}
quan xã, quan chức, mấy quan, sếp, người có chức, có chức có quyền, mấy người có quyền, kẻ có quyền, bưu tá, nhân viên bưu điện, ban quản lý, ban quản trị, giám định viên, ban công tác, người phát tiền, người chi trả, chi hội, hội phụ nữ, hội nông dân, hợp tác xã, mấy {anh|chị|cô|chú|ông|bà} {ở|trên|dưới|bên|ngoài} {xã|ủy ban|ấp|thôn|phường|huyện}, cò mồi, cò hồ sơ, tổ dân phố, đảng viên, hiệu trưởng, thầy cô

[they]
họ, =ổng, =bả, mấy ổng, mấy bả, ông ấy, bà ấy, ông đó, bà đó, ông này, bà này, ông ta, bà ta, anh ấy, chị ấy, anh ta, cô ta, =cổ, hắn, nó, chúng nó, bọn chúng, bọn họ, tụi nó, tụi hắn
người ta, mấy ông, mấy bà, mấy người, mấy cha, thằng, con mụ, =mụ, =lão, =kẻ, ai đó, có người, người nào đó, =cậu, =ả

[title]
ông, bà, ôn, mệ

[bad]  # said of an actor, nothing good
trốn, bỏ trốn, ôm tiền, ôm hết, quỵt, xù tiền, hù, hù dọa, tự ý, tự tiện, dùng tiền, tiêu tiền, lấy tiền, ăn tiền, xài tiền, du lịch, có quà, gợi ý, cà phê thuốc lá, nên được, quen {cán bộ|ai|với|biết|ông|trưởng}, =láo, =ác, ức hiếp, hiếp đáp, bắt nạt, chèn ép, áp bức, lạm dụng, nói dối, gian dối, =gian, =xạo, dối trá, không thật, riêng tư, của riêng, nhà riêng, bán cho, đem về nhà, về nhà mình, chia phần, chia đôi, chia tiền, phe cánh, bán suất, ôm của, trái ý, không chịu đưa, đòi ăn, đòi nhậu, =thù, =ghét, ghét nhà, tư thù, thù vặt, hằn học, =sờ, đụng chạm, bất chính, ăn không ngồi rồi, dơ bẩn, giở trò, bày trò, phù phép, thủ đoạn, cố tình, =cố ý, đổi trắng, che giấu, giấu nhẹm, nhận của, {xây|cất|làm} nhà {to|lầu|cao|mới}, mua xe, mua đất, đổi xe, giàu lên, đòi tiền, vòi, hành dân, hành hạ, đày đọa, hoạnh họe, bắt chẹt, làm tiền, cắt phần, bỏ tên, thay tên, thay bằng, ém nhẹm, lem nhem, lèm nhèm, không rõ ràng tiền, mập mờ, lập lờ

[onlyfor]
chỉ {duyệt|xét|ghi|ưu tiên|lo|cấp|chọn|đưa tên} {cho|ai|người|nhà|tên}, chỉ {cho|phát|báo} {ai|cho người|cho ai|người quen|người nhà|bà con nhà|cho nhà}

[taken]
{có|vẫn có|đã có|bị} người {lĩnh|lãnh|ký|rút|nhận|lấy|khác lĩnh|khác lãnh|khác nhận|khác ký|ta lấy} {rồi|tiền|mất|thay|nhận|tên|hết|giùm|của|lương|mà|trước}, ai đó {lĩnh|lãnh|ký|rút|nhận|lấy}, người {khác|lạ} {lĩnh|lãnh|ký|rút|nhận|lấy} {rồi|tiền|mất|thay|nhận|tên|hết|giùm|của|lương|mà|trước}

[notmysign]
chữ ký không phải, không phải chữ ký, {tôi|tui|em|mẹ tôi|má tui|ba tui|bố tôi} {không|đâu có|chưa từng|không hề|chưa hề} {ký|có ký|điểm chỉ|lăn tay}, ký tên tôi, ký tên của, chữ ký lạ, chữ ký của ai, chữ ký của người khác

[seized]
bị {giữ lại|lấy mất|lấy bớt|cắt bớt|trừ bớt|rút mất|rút bớt|rút trộm|ăn mất|bớt|chiếm|ăn|lấy|rút hết|giữ hết|xén|giữ một|giữ 1}

[someone]
có người, ai đó, người nào, người khác, người lạ, kẻ nào, kẻ gian, không biết ai, người ta, có kẻ, hàng xóm, ai

[cash]
tiền, triệu, ngàn, nghìn, trăm, đồng, chục, củ, phong bì, bao thư, nửa tiền, một nửa, phân nửa, trăm rưỡi, %, @money

[goods]
@cash
gạo, quà, mì tôm, trợ cấp, hỗ trợ, cứu trợ, suất, phần quà, phần dân, phần của, phần người, sổ, thẻ, chế độ, lương, lộc, gà, heo, bò, dê, trâu, bò giống, con giống, phần trăm

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
tố cáo, tố giác, =tố, =khống, biết điều, ai {đưa|chi|nộp|lo|biếu|có} tiền thì, ma trong danh sách, =hộ ảo, cho nhau hưởng, chia cho nhau, bồ nhí, không bầu cho, =muốn tố, =tố {ông|bà|ổng|bả|cán bộ|trưởng|chủ tịch|lãnh đạo}, tham nhũng, tham ô, hối lộ, hôi lộ, nhận hối lộ, đút lót, lo lót, lót tay, chung chi, ăn chặn, ăn bớt, ăn xén, bớt xén, xà xẻo, cắt xén, tư túi, bỏ túi, đút túi, đút túi riêng, biển thủ
rút ruột, bòn rút, xà xẻo, vòi vĩnh, vòi tiền, hạch sách, nhũng nhiễu, sách nhiễu, bôi trơn, ăn chia, chia chác, chia nhau tiền, chấm mút, kiếm chác, trục lợi, vụ lợi, tư lợi, ăn hối lộ, ăn tiền của, ăn hoa hồng, nhận hoa hồng, lại quả
kê khống, khai khống, kê khai khống, ký khống, chi khống, lập khống, làm khống, ghi khống, báo khống, khai man, khai gian, gian lận, gian dối, man trá, làm giả, giả mạo, danh sách {giả|ma|khống|ảo}, hồ sơ {giả|ma|khống}, giấy tờ giả, chữ ký giả, giả chữ ký, =giả chữ kí, ký giả, thương binh giả, hộ nghèo giả, tên ma, tên ảo, hộ ma, sửa sổ, sửa danh sách, tráo tên, đổi tên trong danh sách, mạo danh, giả danh, mạo nhận, nhận vơ
mua chuộc, chạy chọt, chạy tiền, chạy chế độ, chạy suất, mua suất, bán suất, bao che, tiếp tay, dung túng, móc ngoặc, cấu kết, thông đồng, lợi dụng chức vụ, lạm quyền, lộng quyền, chuyên quyền, cường hào, ô dù
tiêu cực, khuất tất, mờ ám, bất minh, thiên vị, =toàn họ, bè phái, con ông cháu cha, quen biết, có quan hệ mới, thân quen, thân hữu, ưu ái
đe dọa, hăm dọa, dọa nạt, dọa dẫm, uy hiếp, khủng bố, trù dập, trả thù, trả đũa, gạ gẫm, gạ tình, đi khách sạn, lập hai danh sách, lập 2 danh sách, ký {hai|2} lần, hai sổ, cưỡng ép, cưỡng đoạt, trấn lột, tống tiền, sàm sỡ, quấy rối, hiếp dâm, xâm hại, lừa tiền, lừa gạt, chiếm đoạt, ăn cắp, ăn trộm, ăn cướp, cướp {tiền|gạo|phần|của}, móc túi, đánh cắp, cắp tiền, lạm thu, thu khống, thu sai, thu trái, phụ thu
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
người nhà, người thân, em ruột, em vợ, em chồng, họ hàng, anh em, con cháu, cả nhà, gia đình, nhà, vợ, chồng, con, cháu, em, em trai, em gái, anh trai, chị gái, bà con, dòng họ, thằng cháu, thằng con, đứa con, con trai, con gái, con dâu, con rể, cha mẹ, ba má, bố mẹ, bồ, bạn, phe, cánh, người quen, thông gia

[kin2]
người nhà, người thân, họ hàng, dòng họ, con cháu, người quen, phe cánh, bà con {ổng|hắn|nó|mình|họ|ông ấy|bà ấy|của ổng|của ông|của họ|của mình|họ hàng|ruột}, anh em {ổng|nó|hắn|họ|của ổng|của ông|của mình}, vợ {mình|ổng|hắn|của}, gia đình {mình|ổng|hắn|họ}, cho vợ, cho con, cho em, cho cháu, vợ con

[prefer]
ưu tiên, đưa, cho, ghi, chỉ cho, thêm, duyệt, lập, chấm, xét, phát, làm, chỉ lo, để, nhét, chỉ phát, giúp, dành, cài

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
không {đưa|phát|trả|giao|giao lại|chịu đưa|chịu trả|thấy đưa|đưa lại|đưa đồng|phát tiền|đưa tiền|trả lại}, chẳng đưa, chả đưa, chưa đưa lại, không có tiền, chỉ đưa, đưa có, phát có, đưa thiếu, chưa giao lại, không thấy tiền

[force]
bắt, ép, buộc, cưỡng

[who-signed]
ai ký, ai lãnh, ai lĩnh, ai nhận, ai lấy, ký của ai, chữ ký ai

[grab]  # nobody does this in office hours
đòi, vòi, cướp, chiếm, nuốt, =ăn, ăn hết, ăn mất, bớt, xài riêng, chia nhau, =ém, bán, cắt bớt, lấy đi, cầm, đem đi, bắt {về|nuôi|đi|hết}, xà xẻo, giấu

[falsify]
{khai|kê|ghi|báo} {sai|thêm|gian|khống|láo}, sửa tuổi, sửa tên, sửa ngày sinh, nâng tuổi, nâng số, thêm tên, đứng tên

[to-get]
{để|rồi|mà} {lấy|lĩnh|lãnh|nhận|hưởng|rút|ăn|chia|bỏ|xài|lĩnh tiền}

[cutoff]
{thì|là|sẽ} {cắt|gạch|xóa tên|đuổi|khỏi}, cắt luôn, cắt hết, khỏi có, khỏi lãnh, khỏi nhận, đừng hòng

[vanish]
đi đâu, đâu mất, đi đâu mất, đi đâu hết, biến mất, không rõ đi đâu, ở đâu hết, không thấy đâu

[nopay]
{không|chưa} {nộp|đưa|chi|đóng|biếu|lo|góp|bồi dưỡng|có phong bì|có tiền|có quà}

[tells]
bảo, nói, kêu, yêu cầu, biểu, nhắn, gợi ý, ra giá, hẹn, đặt

[handover]
đưa, chi, biếu, nộp, bồi dưỡng, chuyển, lo, đóng

[sum]
@money, triệu, ngàn, nghìn, trăm, chục, củ, %

[waits]
đợi tiền, chờ tiền, chờ phong bì, đợi phong bì, chờ quà

[fullbook]
ghi đủ, ký đủ, bắt ký, sổ đủ, báo đủ

[soldbook]
sổ ghi, trên sổ, trong sổ, ký nhận, giấy ghi, ký giấy

[gotless]
chỉ nhận, nhận có, chỉ lãnh, lãnh có, chỉ lĩnh, lĩnh có, phát có, đưa có, chỉ đưa, chỉ phát, chỉ được

[carry]
chở, mang, khiêng, vác, đem, lấy, dọn

[home]
về nhà, về nhà mình, về nhà riêng, về nhà ổng

[receive]
nhận, lĩnh, lãnh, rút

[short]
chỉ {đưa|phát|cân|giao}, {đưa|phát|cân|giao|trả} có, phát thiếu, đưa thiếu, cân thiếu, {phát|đưa|giao|cân|trả} không đủ, phát thiếu, không đưa đủ, không phát đủ, không giao đủ

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
đều có tên, cũng có tên, có tên, hộ nghèo, cận nghèo, đều được, cũng được, thì được, thì có, có hết, vào danh sách, vô danh sách, nên được, hưởng, được hưởng, lọt danh sách

[hand]
phát, đưa, trả, giao, chi

[lack]
thiếu, hụt

[threat]
dọa, dọa cắt, hù, đấm vô, đấm vào, đấm vỡ, đạp vô, đạp vào, bạt tai, hăm, hăm he, ép, ép buộc, chửi, chửi bới, đánh, tát, đuổi đánh, xô, xúc phạm, lăng mạ, bóp cổ, nhốt, bịt miệng, cấm nói, cấm khiếu nại, bắt rút đơn, phá hồ sơ, =xé

[wrong]
vi phạm, sai phạm, trái phép, trái quy định, trái luật, không minh bạch, thiếu minh bạch, không công bằng, bất công, gây khó dễ, làm khó, làm khó dễ, cửa quyền, làm bậy, làm láo, tham lam, sai trái, phạm pháp, phạm tội, kỷ luật, xử lý nghiêm, thanh tra, bịp, =lừa, =gạt, lấp liếm, giấu giếm, không công khai tiền, nhậu nhẹt, ăn nhậu, xe công, công quỹ, của công, đánh bạc, cho vay, số đề, thủ tiêu, nuốt lời lấy

[dead]
người chết, chết rồi, đã chết, người đã mất, người đã chết, không có ở {ấp|thôn|xã|đây|bản}, người đi xa, không có thật, không tồn tại, không ở địa phương, đi nước ngoài

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
no money no, tea money, coffee money, buy him, buy her a, buy them drinks, 
{beats|beat|hit|hits|slapped|kicked|insulted} {me|us|people|him|her|my}, {give|pay|hand|return} back {half|part|some|a part|a share|10|20|30|50}, 
among themselves, for themselves, for himself, for herself, own pocket, own pockets, his pocket, their pockets, 
bribe, bribes, bribed, bribery, bribing, corrupt, corruption, embezzle, embezzled, embezzlement, embezzling, stole, stolen, steal, steals, stealing, theft, thief, extort, extortion, extorting, kickback, kickbacks, forged, forging, forgery, denounce, denunciation, nepotism, fraud, fraudulent, under the table, blackmail, harass, harassed, abused, abuse of power, ghost names, {fake|false|invented|made up} {name|names|list|lists|signature|signatures|people|records|papers|documents|beneficiaries}, {pocketed|pockets|pocketing|skimmed|skims|skimming}, threatened, threatens, threatening, threat, cheated, cheating, cheats, misused, misusing, laundering, favouritism, favoritism, whistleblower, report a crime

[en-actor]
officer, official, officials, chief, head, chairman, chairwoman, clerk, accountant, secretary, leader, staff, postman, cadre, policeman, police, treasurer, vice chairman, he, she, they, someone, somebody, neighbour, neighbor, councillor, postal worker, teller

[en-take]
took, takes, taking, take, taken, keeps, kept, keep, keeping, share, shares, sharing, divide, divided, divides, asked every, asked each, asked people, asked all, asked for, asks for, asked me for, asks me for, asking for, asked us for, demanded, demands, demand, wants, wanted, withdraws, withdrew, deducted, deducts, charged, charges, spends, spent, collects for himself, held back, withheld

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
signed for, signed in, signed my, signed her, signed his, collected my, collected her, collected his, collected in, took in my name, used my, used her, used his, using my

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
4 actor ~6 short
4 actor ~1 kin ~3 has-name
4 actor -self -says ~4 kin -self ~4 has-name
4 kin ~1 actor ~3 has-name
4 actor -self -says -ask receive ~3 -file people /ask /can
4 actor -self -says -ask receive ~3 goods ~3 people /ask /can
4 actor -self -says receive ~3 goods ~8 withheld
4 they -self -says receive ~3 goods ~8 withheld
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
4 actor ~8 -self grab ~6 goods
4 they ~6 -self grab ~6 goods
4 goods ~6 actor ~4 -self grab
4 actor ~6 receive ~4 dead
4 they ~4 receive ~4 dead
4 actor ~4 falsify ~12 to-get
4 they ~3 falsify ~12 to-get
4 actor ~10 cutoff
4 they ~8 cutoff
4 goods ~5 vanish ~8 actor
4 actor ~8 goods ~5 vanish
4 actor ~10 -self bad
4 they ~5 -self bad
4 actor ~3 onlyfor
4 they ~3 onlyfor
4 taken /can
4 notmysign
4 goods ~6 seized
4 actor ~8 nopay -file ~5 then
4 actor ~3 tells ~4 handover ~1 sum /fee
4 they ~2 tells ~4 handover ~1 sum /fee
4 actor ~2 sum ~6 get
4 actor ~6 -says -self waits
4 short ~6 fullbook
4 title ~3 short
4 soldbook ~3 cash ~8 gotless
4 actor ~3 -self carry ~2 goods ~3 home /ask
2 secret
2 proof
2 actor
4 en-grave
4 en-actor ~9 en-take ~6 en-goods
4 en-give ~6 en-kin
4 en-actor ~1 en-family ~3 en-gets
4 someone ~0 en-sign
4 en-actor ~2 en-sign
4 en-pay ~6 en-get
